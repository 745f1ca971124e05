"""Random slices: the fast path, the line by line path and the oracle must agree."""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Any, Dict, List, Optional

import pytest

pandas = pytest.importorskip("pandas")

import table_oracle  # noqa: E402
from batchmill.worker.manifest import Slice  # noqa: E402
from batchmill.worker.table import load, regular, schema  # noqa: E402
from batchmill.worker.table.load import LoadFailure, TableReader  # noqa: E402

SEEDS = range(600)

FITTING = {
    "int": ["0", "-5", "+7", "007", "42", "9223372036854775807", "-9223372036854775808", "-0"],
    "float": ["0.5", "1e5", "-2.", ".25", "nan", "NaN", "inf", "-Infinity", "3", "0.1", "1E-320",
              "123456789012345678901234567890", "2.2250738585072014e-308", "1e400",
              "0.30000000000000004", "8.41470984807896507e-1"],
    "bool": ["true", "False", "TRUE", "fAlSe"],
    "datetime iso": ["2020-02-29", "2021-01-05 10:20", "1999-12-31T23:59:59", "2020-01-01 00:00:00.5",
                     "2020-01-01T00:00:00.123456789", "2020-01-01T12:00:00Z", "2020-06-01 01:02+02:00",
                     "2020-06-01T01:02:03.25-0930", "2020-01-01 00:00:00.12345678987", "1677-09-22", "2262-04-11 23:47:16"],
    "datetime m/d/Y": ["02/29/2020", "12/31/1999", "01/02/2003"],
    "datetime m/d/Y H:M": ["02/29/2020 00:00", "12/31/1999 23:59"],
    "datetime d/m/Y H:M:S": ["29/02/2020 00:00:00", "01/02/2003 04:05:06"],
    "string": ["a", "NA", "null", "b c", "ü", "雪", "1", "True", "#", "'", "\\N", "\u2028", "a\x0bb"],
}  # fmt: skip
ODD = [
    "x", " 5", "5 ", "1_0", "5.5", "9223372036854775808", "18446744073709551615", "--1", "+", "-",
    "1e", ".", "0x10", "1,5", "nan ", "NA", "N/A", "null", "None", "٣", "truee", "yes", "1" * 60,
    "2021-02-30", "2020-1-5", "2020-01-01T24:00", "2020-01-01 10:20:60", "2020-01-01 00:00:00.",
    "13/13/2020", "1/5/2020", "0000-01-01", "9999-12-31", "1677-09-20", "2262-04-12", "now",
    "2020-01-01Z", "2020-01-01T00:00:00+24:00", "2020", "2020-01", "NaT", "\t", "1\r2", "+nan",
    "-nan", "1e5.0", "infinite", "\u00a05", "1\x0b", "\x0c1", "2020-01-01T00:00Z ",
]  # fmt: skip


NEAR = {  # almost of the type
    "int": ["9223372036854775808", "18446744073709551615", " 5", "5 ", "1_0", "5.5", "-"],
    "float": ["1e", ".", "nan ", "+nan", "1_0.0", " 2.5", "infinite", "0x1p3"],
    "bool": ["truee", "yes", " true", "1"],
    "datetime": ["9999-12-31", "1677-09-20", "2262-04-12", "2021-02-30", "2020-01-01T24:00",
                 "1600-01-01 00:00", "12/31/9999", "02/30/2020", "30/02/2020", "01/01/1600"],
    "string": ["", "\t", " "],
}  # fmt: skip


class Case:
    """A random table: columns, and text of it in one of several states of repair."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        choose = self.random
        self.delimiter = choose.choice([",", ",", ";", "\t", "|", " "])
        self.empty_as_string = choose.random() < 0.3
        self.columns: List[Dict[str, str]] = []
        for number in range(choose.choice([1, 1, 2, 3, 5])):
            kind = choose.choice(list(FITTING))
            column = {"name": f"c{number}", "type": kind.partition(" ")[0]}
            if " " in kind:
                column["format"] = kind.partition(" ")[2]
            self.columns.append(column)
        self.empty = choose.choice([0, 0, 0.2, 0.9])
        self.odd = choose.choice([0, 0, 0, 0.1, 0.5])
        self.untidy = choose.choice([0, 0, 0.1, 0.4])  # quotes, short rows, blank lines, CRLF
        self.crlf = choose.choice(["\n", "\n", "\r\n"])
        self.ragged = choose.random() < 0.05

    def field(self, column: Dict[str, str]) -> str:
        choose = self.random
        if choose.random() < self.empty:
            return ""
        if choose.random() < self.odd:
            text = choose.choice(ODD if choose.random() < 0.5 else NEAR[column["type"]])
        else:
            kind = column["type"]
            text = choose.choice(
                FITTING[f"{kind} {column['format']}" if kind == "datetime" else kind]
            )
        if self.delimiter in text and choose.random() < 0.9:
            return '"' + text + '"'
        if choose.random() < self.untidy:
            text = (
                choose.choice(['"%s"', '"%s', '%s"', '"a""%s"', '"%s"z', '%s"q"', '"%s" ']) % text
            )
        return text

    def line(self) -> str:
        choose = self.random
        if choose.random() < self.untidy / 4:
            return choose.choice(["", "\r", '"', '""', " "])
        columns = self.columns
        if choose.random() < self.untidy / 2:
            columns = columns[: choose.randint(1, len(columns))]
        fields = [self.field(column) for column in columns]
        if self.ragged and choose.random() < 0.1:
            fields += ["more"] * choose.randint(1, 3)
        return self.delimiter.join(fields)

    def text(self) -> str:
        lines = [self.line() for _ in range(self.random.choice([0, 1, 2, 8, 30]))]
        text = "".join(line + self.crlf for line in lines)
        return text[:-1] if self.random.random() < 0.3 else text


def shown(value: Any) -> Any:
    return (
        "nan" if isinstance(value, float) and math.isnan(value) else (type(value).__name__, value)
    )


def check_frame(frame: Any, expected: Any, columns: List[Dict[str, str]]) -> None:
    assert list(frame.columns) == [column["name"] for column in columns]
    for column, (dtype, values) in zip(columns, expected):
        series = frame[column["name"]]
        assert str(series.dtype) == dtype, column
        if dtype == "datetime64[ns]":
            found = [None if pandas.isna(v) else v.value for v in series]
            assert found == values, column
        elif dtype == "float64":
            wanted = [math.nan if value is None else float(value) for value in values]
            assert list(map(shown, series.tolist())) == list(map(shown, wanted)), column
        else:
            assert list(map(shown, series.tolist())) == list(map(shown, values)), column


def read(tmp_path: Path, case: Case, texts: List[str], by_rules: bool, monkeypatch: Any) -> Any:
    """A frame of several slices, or the record of the failure."""
    slices = []
    for number, text in enumerate(texts):
        path = tmp_path / f"{number}.csv"
        data = b"head\n" + text.encode()
        path.write_bytes(data)
        slices.append(Slice(str(path), path.name, 5, len(data), 2 if number % 2 else 0))
    reader = TableReader(
        schema.from_json(
            {
                "version": 1,
                "delimiter": case.delimiter,
                "empty_as_string": case.empty_as_string,
                "columns": case.columns,
            }
        )
    )
    with monkeypatch.context() as patch:
        if by_rules:
            patch.setattr(load, "is_regular", lambda *_: False)
        try:
            first = reader.read(slices)
            pandas.testing.assert_frame_equal(reader.read(slices).frame, first.frame)  # learned
            return first
        except LoadFailure as failure:
            return failure


def expected_misfits(tables: List[Any]) -> Optional[List[Any]]:
    """(column, count, file, line from 1) over all slices."""
    merged: Dict[str, List[Any]] = {}
    for number, (_, misfits) in enumerate(tables):
        for column, count, line in misfits:
            if column in merged:
                merged[column][1] += count
            else:
                merged[column] = [column, count, f"{number}.csv", line + 2]
    return sorted(merged.values())


def check_seed(seed: int, tmp_path: Path, monkeypatch: Any) -> bool:
    """Compares all three; returns whether the fast path was taken."""
    case = Case(seed)
    texts = [case.text() for _ in range(case.random.choice([1, 1, 2, 3]))]
    taken = []

    def remember(*arguments: Any) -> bool:
        taken.append(regular.is_regular(*arguments))
        return taken[-1]

    monkeypatch.setattr(load, "is_regular", remember)
    quick = read(tmp_path, case, texts, False, monkeypatch)
    slow = read(tmp_path, case, texts, True, monkeypatch)
    options = (case.delimiter, case.columns, case.empty_as_string)
    tables = []
    try:
        for number, text in enumerate(texts):
            tables.append(table_oracle.table_of(text, *options))
    except table_oracle.TooMany as many:
        line, fields = many.args
        for failure in (quick, slow):
            assert isinstance(failure, LoadFailure)
            assert failure.record["item"] == f"{number}.csv:{line + 2}"
            columns = len(case.columns)
            assert failure.record["message"] == f"{fields} fields, the header has {columns}"
        return False
    together = "".join(text if text.endswith("\n") or not text else text + "\n" for text in texts)
    whole, _ = table_oracle.table_of(together, *options)
    for loaded in (quick, slow):
        assert not isinstance(loaded, LoadFailure), loaded.record
        check_frame(loaded.frame, whole, case.columns)
        found = sorted([m.column, m.count, m.file, m.line] for m in loaded.misfits)
        assert found == expected_misfits(tables)
    return any(taken)


@pytest.mark.parametrize("block", range(10))
def test_both_paths_agree_with_the_oracle(block: int, tmp_path: Path, monkeypatch: Any) -> None:
    fast = 0
    for seed in range(block, SEEDS.stop, 10):
        try:
            fast += check_seed(seed, tmp_path, monkeypatch)
        except BaseException:
            print(f"seed {seed}")
            raise
    assert fast >= SEEDS.stop // 60  # the fast path was indeed taken

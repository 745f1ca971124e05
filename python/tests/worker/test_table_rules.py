"""The rules of mltable-and-data.md 2.4, 2.6 and 2.9, case by case."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any, Dict, List

import pytest

pandas = pytest.importorskip("pandas")
import numpy  # noqa: E402

from batchmill.worker.manifest import Slice  # noqa: E402
from batchmill.worker.table import convert, lines, moments, regular, schema  # noqa: E402
from batchmill.worker.table.load import LoadFailure, Misfit, TableReader  # noqa: E402
from batchmill.worker.table.schema import Column  # noqa: E402


def column(kind: str, date: str = "") -> Column:
    return Column("c", kind, date)


def load(folder: Path, data: bytes, *kinds: str, **more: Any) -> Any:
    """Loads ``data`` as a file of its own; column names are a, b, c ..."""
    path = folder / "day.csv"
    path.write_bytes(data)
    columns: List[Dict[str, str]] = [
        {"name": "abcdefgh"[number], "type": kind} for number, kind in enumerate(kinds)
    ]
    reader = TableReader(schema.from_json({"version": 1, "columns": columns, **more}))
    return reader.read([Slice(str(path), "day.csv", 0, len(data), 1)])


def values(frame: Any) -> List[List[Any]]:
    return frame.values.tolist()


def test_breaks_inside_quotes_end_records(tmp_path: Path) -> None:
    frame = load(tmp_path, b'A1,B1,C1\nA2,"B\n2",C2\n', "string", "string", "string").frame
    assert values(frame) == [["A1", "B1", "C1"], ["A2", "B", None], ['2"', "C2", None]]


@pytest.mark.parametrize(
    "line, fields",
    [
        ("a,b", ["a", "b"]),
        ("", [""]),
        (",", ["", ""]),
        ('"a,b",c', ["a,b", "c"]),
        ('"a""b"', ['a"b']),
        ('""', [""]),
        ('"",x', ["", "x"]),
        ('"a"b,c', ["ab", "c"]),
        ('"a"b"c",d', ['ab"c"', "d"]),
        ('a"b,c"', ['a"b', 'c"']),
        (' "a",b', [' "a"', "b"]),
        ('"open,to the end', ["open,to the end"]),
        ('x,"', ["x", ""]),
        ('"""', ['"']),
        ('"a",', ["a", ""]),
    ],
)
def test_quotes(line: str, fields: List[str]) -> None:
    assert lines.split_quoted(line, ",") == fields


def test_two_characters_can_separate() -> None:
    assert lines.split('a||b\n"c||d"||e\n', "||", 2).columns == [["a", "c||d"], ["b", "e"]]


@pytest.mark.parametrize(
    "data, rows",
    [
        (b"", 0),
        (b"a", 1),
        (b"a\n", 1),
        (b"a\nb", 2),
        (b"a\n\nb\n", 2),
        (b"a\r\n\r\nb\r\n", 2),
        (b"\na\n", 1),
        (b"\r\na", 1),
        (b"\r", 0),
        (b"a\n\r", 1),
        (b" \n", 1),
    ],
)
def test_rows_are_lines_that_are_not_blank(data: bytes, rows: int) -> None:
    assert lines.count_rows(data) == rows
    assert len(lines.split(data.decode(), ",", 1).lines) == rows


@pytest.mark.parametrize(
    "data, delimiter, columns, expected",
    [
        (b"a,b\nc,d\n", ",", 2, True),
        (b"a,b,c\nd\n", ",", 2, False),
        (b"a\nb,c,d\n", ",", 2, False),
        (b"a,b\n\nc,d\n", ",", 2, False),
        (b"a,b\n", ",", 3, False),
        (b"a\nb\n", ",", 1, True),
        (b"a\n\nb\n", ",", 1, False),
        (b"\na\n", ",", 1, False),
        (b"a,b\n", ",", 1, False),
        (b'a,"b"\n', ",", 2, False),
        (b"a,b\r\n", ",", 2, False),
        (b"a,\0\n", ",", 2, False),
        (b"a||b\n", "||", 2, False),
        ("a§b\n".encode(), "§", 2, False),
    ],
)
def test_regular_text(data: bytes, delimiter: str, columns: int, expected: bool) -> None:
    assert regular.is_regular(data, delimiter, columns) is expected


def test_text_that_pandas_would_take_for_null_stays_text(tmp_path: Path) -> None:
    frame = load(tmp_path, b"NA,1\nnull,2\n,3\nNaN,4\n", "string", "int").frame
    assert frame["a"].tolist() == ["NA", "null", None, "NaN"]
    assert frame["a"].dtype == object and frame["b"].dtype == numpy.int64


@pytest.mark.parametrize(
    "kind, text, dtype, result",
    [
        ("int", b"1\n2\n", "int64", [1, 2]),
        ("int", b"1,\n,\n", "float64", ["1.0", "nan"]),
        ("float", b"1\n.5\n", "float64", [1.0, 0.5]),
        ("float", b"nan,\n,\n", "float64", ["nan", "nan"]),
        ("bool", b"true\nFALSE\n", "bool", [True, False]),
        ("bool", b"true,\n,\n", "object", [True, None]),
        ("string", b"x,\n,\n", "object", ["x", None]),
    ],
)
def test_nulls_decide_the_dtype(
    tmp_path: Path, kind: str, text: bytes, dtype: str, result: List[Any]
) -> None:
    kinds = (kind, "string") if b"," in text else (kind,)
    frame = load(tmp_path, text, *kinds).frame
    assert str(frame["a"].dtype) == dtype
    found = frame["a"].tolist()
    assert [
        str(v) if isinstance(result[0], str) and dtype == "float64" else v for v in found
    ] == result


def test_empty_as_string_keeps_what_was_written_and_not_what_was_missing(tmp_path: Path) -> None:
    frame = load(tmp_path, b'x,\n"",y\nz\n', "string", "string", empty_as_string=True).frame
    assert values(frame) == [["x", ""], ["", "y"], ["z", None]]


def test_no_rows_are_a_frame_with_all_columns_and_types(tmp_path: Path) -> None:
    frame = load(tmp_path, b"\n\r\n", "int", "float", "bool", "datetime", "string").frame
    assert len(frame) == 0 and list(frame.columns) == list("abcde")
    expected = ["int64", "float64", "bool", "datetime64[ns]", "object"]
    assert [str(dtype) for dtype in frame.dtypes] == expected


def test_a_byte_order_mark_is_no_data(tmp_path: Path) -> None:
    loaded = load(tmp_path, b"\xef\xbb\xbf1,2\n", "int", "int")
    assert values(loaded.frame) == [[1, 2]] and not loaded.misfits


def test_values_that_do_not_fit_are_null_and_counted(tmp_path: Path) -> None:
    data = b"1,2020-01-01,x\nn/a,2020-01-01,x\n3,soon,x\n4.5,2020-01-01,x\n"
    loaded = load(tmp_path, data, "int", "datetime", "string")
    assert str(loaded.frame["a"].tolist()) == "[1.0, nan, 3.0, nan]"
    assert loaded.frame["b"].isna().tolist() == [False, False, True, False]
    assert loaded.misfits == [
        Misfit("a", "int", 2, "day.csv", 2),
        Misfit("b", "datetime", 1, "day.csv", 3),
    ]


@pytest.mark.parametrize("text", [b"18446744073709551615\n", b"9223372036854775808\n1\n"])
def test_numbers_beyond_64_signed_bits_do_not_fit(tmp_path: Path, text: bytes) -> None:
    loaded = load(tmp_path, text, "int")
    assert loaded.frame["a"].dtype == numpy.float64
    assert [misfit.count for misfit in loaded.misfits] == [1]


def test_a_row_with_too_many_fields_names_its_place(tmp_path: Path) -> None:
    with pytest.raises(LoadFailure) as caught:
        load(tmp_path, b"1,2\n\n3,4\n5,6,7\n", "int", "int")
    record = caught.value.record
    assert (record["code"], record["item"]) == (914, "day.csv:4")
    assert record["message"] == "3 fields, the header has 2"
    assert record["detail"] == "5,6,7"
    assert caught.value.rows == 3


def test_text_that_is_not_utf8_names_the_byte(tmp_path: Path) -> None:
    with pytest.raises(LoadFailure) as caught:
        load(tmp_path, b"\xef\xbb\xbfa\nb\xff\n", "string")
    record = caught.value.record
    assert (record["code"], record["item"]) == (913, "day.csv")
    assert record["message"] == "not valid UTF-8: invalid start byte (byte 0xff)"
    assert record["detail"] == "byte offset 6, line 2"
    assert caught.value.rows == 2


@pytest.mark.parametrize(
    "prepare, code, message",
    [
        (lambda path: path.unlink(), 915, "vanished after it was listed"),
        (
            lambda path: path.write_bytes(b"1\n"),
            916,
            "changed after planning: it ends at byte 2, was at least 4",
        ),
        (lambda path: (path.unlink(), path.mkdir()), 913, "cannot be read: Is a directory"),
    ],
)
def test_files_that_changed_since_planning(
    tmp_path: Path, prepare: Any, code: int, message: str
) -> None:
    path = tmp_path / "day.csv"
    path.write_bytes(b"1\n2\n")
    reader = TableReader(
        schema.from_json({"version": 1, "columns": [{"name": "a", "type": "int"}]})
    )
    prepare(path)
    with pytest.raises(LoadFailure) as caught:
        reader.read([Slice(str(path), "day.csv", 0, 4, 1)])
    assert (caught.value.record["code"], caught.value.record["message"]) == (code, message)
    assert caught.value.record["item"] == "day.csv"


@pytest.mark.parametrize(
    "text, date, expected",
    [
        ("1970-01-01", "", "1970-01-01"),
        ("2020-02-29 01:02", "", "2020-02-29T01:02"),
        ("2020-02-29T01:02:03.000000001", "", "2020-02-29T01:02:03.000000001"),
        ("2020-01-01T00:30+01:00", "", "2019-12-31T23:30"),
        ("2020-01-01T00:30-0130", "", "2020-01-01T02:00"),
        ("2020-01-01T00:30Z", "", "2020-01-01T00:30"),
        ("02/03/2020", "m/d/Y", "2020-02-03"),
        ("02/03/2020 04:05", "d/m/Y H:M", "2020-03-02T04:05"),
        ("02/03/2020 04:05:06", "d/m/Y H:M:S", "2020-03-02T04:05:06"),
        ("02/03/2020 04:05:06", "m/d/Y H:M:S", "2020-02-03T04:05:06"),
        ("02/03/2020 04:05", "m/d/Y", None),
        ("02/03/2020", "m/d/Y H:M", None),
        ("2020-01-01 00:00:00.1234567899999", "", "2020-01-01T00:00:00.123456789"),
        ("2020-01-01 00:00:00.", "", None),
        ("2262-04-11T23:47:16.854775807", "", "2262-04-11T23:47:16.854775807"),
        ("1677-09-21T00:12:43.145224193", "", "1677-09-21T00:12:43.145224193"),
        ("2262-04-11T23:47:16.854775808", "", None),
        ("1677-09-21T00:12:43.145224192", "", None),
        ("2262-04-12", "", None),
        ("9999-12-31", "", None),
        ("1600-01-01", "", None),
        ("0000-01-01", "", None),
        ("2021-02-30", "", None),
        ("2021-1-1", "", None),
        ("1/2/2020", "m/d/Y", None),
        ("13/01/2020", "m/d/Y", None),
        ("now", "", None),
        ("2020-01-01Z", "", None),
    ],
)
def test_moments(text: str, date: str, expected: Any) -> None:
    wanted = "NaT" if expected is None else expected
    one = convert.convert([text], column("datetime", date), False)
    assert str(one.values[0]) == str(numpy.datetime64(wanted, "ns"))
    assert one.misfits == ([0] if expected is None else [])
    # Beside a value that only the slow way reads, and one that both read.
    slow = "2020-01-01T00:00:00.000000001Z" if not date else "bad"
    three = convert.convert([slow, text, None], column("datetime", date), False)
    assert str(three.values[1]) == str(numpy.datetime64(wanted, "ns"))


def test_plain_moments_beyond_the_range_are_left_to_the_slow_way() -> None:
    assert moments.plain_moments(["2020-01-01", "9999-12-31"], column("datetime")) is None
    assert moments.plain_moments(["2020-01-01", "1600-01-01"], column("datetime")) is None
    plain = moments.plain_moments(["2020-01-01"], column("datetime"))
    assert plain is not None and plain.tolist() == [
        int(datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc).timestamp()) * 10**9
    ]


def test_texts_of_newer_pandas_stay_objects(tmp_path: Path) -> None:
    frame = load(tmp_path, b"a,b\n", "string", "string").frame
    assert all(dtype == object for dtype in frame.dtypes)
    assert all(type(name) is str for name in frame.columns)


def test_columns_are_learned_and_the_result_stays_the_same(tmp_path: Path) -> None:
    reader = regular.RegularReader(
        schema.from_json(
            {
                "version": 1,
                "columns": [{"name": "a", "type": "int"}, {"name": "b", "type": "float"}],
            }
        )
    )
    for data in (b"1,2\n", b",2\n", b"3,4\n", b"5,x\n", b"6,7\n"):
        columns = reader.read(data)
        texts = [line.split(",") for line in data.decode().splitlines()]
        for position, (found, kind) in enumerate(zip(columns, ("int", "float"))):
            wanted = convert.convert([row[position] for row in texts], column(kind), False)
            assert found.values.dtype == wanted.values.dtype
            numpy.testing.assert_array_equal(found.values, wanted.values)
            assert found.misfits == wanted.misfits
    assert reader._as_text == {0, 1}

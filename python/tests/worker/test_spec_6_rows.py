"""Formats of appended rows: text, csv and JSON lines, provenance, output only (parallel-job.md 6)."""

from __future__ import annotations

import csv
import datetime
import io
import json
import random
from collections import namedtuple
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any, Dict, List, Optional, Tuple

import pytest

from batchmill.worker import json_text
from batchmill.worker.provenance import Origin
from batchmill.worker.result_format import ResultFormat, UnknownFormat
from batchmill.worker.result_rows import ROW_ERRORS
from fake_agent import FakeAgent, write_file_manifest
from test_parts import SCHEMA, table

Point = namedtuple("Point", "x y")
FILES = Origin(17, ("/in/a.png", "/in/b c.png"), "/in/", True)
NO_FILE = Origin(17, (), "", False)


class Silent:
    """Stands in for the notices."""

    def say(self, subject: str, code: int, text: str) -> None:
        pass


class Headers:
    """Stands in for the spool: keeps the header."""

    header: Optional[bytes] = None

    def write_header(self, header: bytes) -> None:
        assert self.header is None
        self.header = header


def written(
    result: Any, form: str = "text", origin: Origin = NO_FILE, **append: Any
) -> Tuple[str, Optional[str]]:
    """(rows, header) of one result."""
    spool = Headers()
    append = {"format": form, **append}
    results = ResultFormat(append, spool, Silent(), True)  # type: ignore[arg-type]
    rows = results.take(result, 2, origin)[2].decode("utf-8", "surrogateescape")
    return rows, None if spool.header is None else spool.header.decode()


def frame(columns: Dict[Any, Any], **more: Any) -> Any:
    return pytest.importorskip("pandas").DataFrame(columns, **more)


def paired(text: str) -> str:
    """The text with two halves of a surrogate pair as the one character that JSON takes them for."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


# ---- csv -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "element, line",
    [
        ({"a": 1, "b": "x,y"}, '1,"x,y"'),
        (("a", 2, 2.5, None, True), "a,2,2.5,,True"),
        (['say "hi"', "two\nlines", "cr\rhere"], '"say ""hi""","two\nlines","cr\rhere"'),
        (Point(1, "ü"), "1,ü"),
        ((float("nan"), float("inf")), ",inf"),
        (("",), '""'),
        ("already,a,line", "already,a,line"),
        ('"quoted, by the script",2', '"quoted, by the script",2'),
        ("two\nlines", '"two\nlines"'),
        ('a "b"\r\nc', '"a ""b""\r\nc"'),
        ("", ""),
        (5, "5"),
        (Decimal("1.10"), "1.10"),
        (({"k": 1}, [2]), "{'k': 1},[2]"),
    ],
)
def test_csv_elements_are_records_and_strings_are_lines(element: Any, line: str) -> None:
    assert written([element], "csv") == (line + "\n", None)
    assert written([element, "z"], "csv")[0] == line + "\nz\n"


def test_csv_arrays_are_records() -> None:
    numpy = pytest.importorskip("numpy")
    assert written(numpy.array([[1.5, 2], [3, 4]]), "csv")[0] == "1.5,2.0\n3.0,4.0\n"
    assert written([numpy.float64(0.1), (numpy.float64(0.1), numpy.int32(3))], "csv")[0] == (
        "0.1\n0.1,3\n"
    )


@pytest.mark.parametrize(
    "to_csv, line",
    [
        ({"sep": ";"}, "1;a b;2,5\n"),
        ({"sep": "\t", "lineterminator": "\r\n"}, "1\ta b\t2,5\r\n"),
        ({"sep": " ", "quotechar": "'"}, "1 'a b' 2,5\n"),
        ({"quoting": csv.QUOTE_NONNUMERIC}, '1,"a b","2,5"\n'),
    ],
)
def test_csv_elements_heed_the_options(to_csv: Dict[str, Any], line: str) -> None:
    assert written([(1, "a b", "2,5")], "csv", to_csv=to_csv)[0] == line


def test_csv_frames_have_commas_and_every_line_break_quoted() -> None:
    data = frame({"a": ["x,y", "n\nl", "c\rr", "\x1f\r\n\x1f", None], "b": [1, 2, 3, 4, 5]})
    rows = written(data, "csv")[0]
    assert rows == '"x,y",1\n"n\nl",2\n"c\rr",3\n"\x1f\r\n\x1f",4\n,5\n'
    back = list(csv.reader(io.StringIO(rows, newline="")))
    assert back[:4] == [["x,y", "1"], ["n\nl", "2"], ["c\rr", "3"], ["\x1f\r\n\x1f", "4"]]


@pytest.mark.parametrize(
    "result, to_csv, header",
    [
        ([{"a": 1, "b c": 2}], {"header": True}, "a,b c\n"),
        ([Point(1, 2)], {"header": True}, "x,y\n"),
        ([(1, 2)], {"header": ["first", "se,cond"]}, 'first,"se,cond"\n'),
        (["1;2"], {"header": ["p", "q"], "sep": ";"}, "p;q\n"),
        (["1,2"], {"header": True}, None),
        ([(1, 2)], {"header": True}, None),
        ([{"a": 1}], {"header": False}, None),
    ],
)
def test_csv_headers_of_elements(result: Any, to_csv: Dict[str, Any], header: Any) -> None:
    assert written(result, "csv", to_csv=to_csv)[1] == header


def test_csv_property_records_come_back_as_they_were() -> None:
    seed = random.randrange(2**32)
    rng = random.Random(seed)
    alphabet = 'ab,;" \t\n\r\x1fü\u2028\U0001f600\x85\ud83d'
    rows = [
        tuple(
            "".join(rng.choices(alphabet, k=rng.randrange(6))) for _ in range(rng.randrange(1, 4))
        )
        for _ in range(500)
    ]
    data = [[field.replace("\ud83d", "\\ud83d") for field in row] for row in rows]
    text = written(rows, "csv")[0]
    assert list(csv.reader(io.StringIO(text, newline=""))) == data, f"seed {seed}"
    pandas = pytest.importorskip("pandas")
    same = [row for row in rows if len(row) == 2]
    text = written(pandas.DataFrame(same), "csv")[0]
    expected = [row for row in data if len(row) == 2]
    assert list(csv.reader(io.StringIO(text, newline=""))) == expected, f"seed {seed}"


# ---- JSON lines ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "element, line",
    [
        ('{"a": 1}', '{"a": 1}'),
        ("[1,  2]", "[1,  2]"),
        ('"text"', '"text"'),
        ("5", "5"),
        ("1e999", "1e999"),
        ('{"a": 0.10,\n "b": "x\\n y",\r\n "c": [ ]}', '{"a":0.10,"b":"x\\n y","c":[]}'),
        ("plain", '"plain"'),
        ("two\nlines", '"two\\nlines"'),
        ("NaN", '"NaN"'),
        ('{"a": NaN}', '"{\\"a\\": NaN}"'),
        ("{'a': 1}", "\"{'a': 1}\""),
        ("", '""'),
        ({"a": 1, "ü": [True, None]}, '{"a":1,"ü":[true,null]}'),
        ({1: 2, (3, 4): 5, None: 6}, '{"1":2,"(3, 4)":5,"null":6}'),
        ((1, "x"), '[1,"x"]'),
        (2.5, "2.5"),
        (None, "null"),
        (float("nan"), "null"),
        ({"a": [float("-inf"), {"b": float("nan")}]}, '{"a":[null,{"b":null}]}'),
        (datetime.datetime(2026, 1, 2, 3, 4, 5), '"2026-01-02T03:04:05"'),
        (datetime.date(2026, 1, 2), '"2026-01-02"'),
        (Decimal("1.10"), '"1.10"'),
        (PurePosixPath("/x"), '"/x"'),
        ({1, 1}, '"{1}"'),
        pytest.param("9" * 5000, "9" * 5000, id="digits"),
        pytest.param("[" * 100_000, '"' + "[" * 100_000 + '"', id="depth"),
    ],
)
def test_jsonl_elements(element: Any, line: str) -> None:
    assert written([element], "jsonl") == (line + "\n", None)


def test_jsonl_values_of_numpy_and_pandas() -> None:
    numpy = pytest.importorskip("numpy")
    pandas = pytest.importorskip("pandas")
    values = [
        numpy.int64(3), numpy.float32(0.5), numpy.bool_(True), numpy.float64("nan"),
        numpy.array([[1, 2]]), numpy.datetime64("2026-01-02"), numpy.datetime64("NaT"),
        pandas.NA, pandas.NaT, pandas.Timestamp("2026-01-02T03:04"), pandas.Series([1, 2]),
        {"a": numpy.float32("inf"), numpy.int64(7): 1},
    ]  # fmt: skip
    assert written(values, "jsonl")[0].splitlines() == [
        "3", "0.5", "true", "null", "[[1,2]]", '"2026-01-02"', "null",
        "null", "null", '"2026-01-02T03:04:00"', "[1,2]", '{"a":null,"7":1}',
    ]  # fmt: skip


def test_jsonl_frames_are_an_object_for_each_row() -> None:
    pandas = pytest.importorskip("pandas")
    data = frame(
        {
            "i": [1, 2],
            "f": [0.5, None],
            "b": [True, False],
            "s": ["ü\n", None],
            "t": pandas.to_datetime(["2026-01-02", None]),
            "n": pandas.array([1, None], dtype="Int64"),
            "c": pandas.Categorical(["x", None]),
            "o": [{"k": float("nan")}, [1]],
            3: [2**63 + 1, -5],
        }
    )
    first, second = written(data, "jsonl")[0].splitlines()
    assert first == (
        '{"i":1,"f":0.5,"b":true,"s":"ü\\n","t":"2026-01-02T00:00:00","n":1,"c":"x",'
        '"o":{"k":null},"3":9223372036854775809}'
    )
    assert second == (
        '{"i":2,"f":null,"b":false,"s":null,"t":null,"n":null,"c":null,"o":[1],"3":-5}'
    )


def test_jsonl_frames_keep_columns_of_one_name_and_rows_without_columns() -> None:
    pandas = pytest.importorskip("pandas")
    assert (
        written(pandas.DataFrame([[1, 2]], columns=["a", "a"]), "jsonl")[0] == '{"a":1,"a.1":2}\n'
    )
    assert written(pandas.DataFrame(index=[0, 1]), "jsonl")[0] == "{}\n{}\n"
    assert written(pandas.DataFrame({"a": []}), "jsonl")[0] == ""


def test_jsonl_floats_keep_all_their_digits() -> None:
    values = [0.1, 1 / 3, 1e-300, 1.7976931348623157e308]
    data = frame({"x": values})
    assert [json.loads(line)["x"] for line in written(data, "jsonl")[0].splitlines()] == values


def test_a_value_that_holds_itself_is_the_scripts_error() -> None:
    circle: List[Any] = []
    circle.append(circle)
    with pytest.raises(ValueError, match="Circular"):
        written([circle], "jsonl")


def test_jsonl_property_each_line_is_one_value() -> None:
    seed = random.randrange(2**32)
    rng = random.Random(seed)

    def value(depth: int) -> Any:
        kind = rng.randrange(8 if depth < 3 else 5)
        if kind == 0:
            return "".join(rng.choices('ab{}[]",:\\ \n\r\t\u2028ü\U0001f600\ud83d\udcff', k=5))
        if kind == 1:
            return rng.choice([True, False, None])
        if kind == 2:
            return rng.randrange(-(10**20), 10**20)
        if kind in (3, 4):
            return rng.uniform(-1e10, 1e10)
        if kind == 5:
            return {f"k{number}\n": value(depth + 1) for number in range(3)}
        return [value(depth + 1) for _ in range(3)]

    values = [[value(0)] for _ in range(300)]
    expected = json.loads(json.dumps(values))  # two halves of a pair become one character
    for shown in (values, [json.dumps(v, indent=rng.randrange(3)) for v in values]):
        lines = written(shown, "jsonl")[0].split("\n")
        assert lines.pop() == ""
        assert [json.loads(line) for line in lines] == expected, f"seed {seed}"


# ---- provenance ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "form, result, rows",
    [
        ("text", ["x", "y"], '17 a.png x\n17 "b c.png" y\n'),
        ("csv", [("x", 1), "y,2"], "17,a.png,x,1\n17,b c.png,y,2\n"),
        (
            "jsonl",
            [
                {"k": 1},
                '{ "k": 1.0 }',
            ],
            '{"mini_batch":17,"source":"a.png","k":1}\n'
            '{"mini_batch":17,"source":"b c.png","k": 1.0 }\n',
        ),
        (
            "jsonl",
            [5, "{}"],
            '{"mini_batch":17,"source":"a.png","value":5}\n'
            '{"mini_batch":17,"source":"b c.png"}\n',
        ),
        (
            "jsonl",
            ["text", {"source": "theirs"}],
            '{"mini_batch":17,"source":"a.png","value":"text"}\n'
            '{"mini_batch":17,"source":"b c.png","value":{"source":"theirs"}}\n',
        ),
    ],
)
def test_provenance_begins_each_row(form: str, result: Any, rows: str) -> None:
    assert written(result, form, FILES, provenance=True)[0] == rows


@pytest.mark.parametrize(
    "origin, count, sources",
    [
        (FILES, 2, ["a.png", "b c.png"]),
        (FILES, 1, [""]),
        (FILES, 3, ["", "", ""]),
        (Origin(1, ("/in/x/a",), "/in/", True), 3, ["x/a"] * 3),
        (Origin(1, ("day.csv",), "", False), 2, ["day.csv"] * 2),
        (Origin(1, ("a.csv", "b.csv"), "", False), 2, ["", ""]),
        (NO_FILE, 2, ["", ""]),
    ],
)
def test_provenance_names_a_file_only_where_it_is_known(
    origin: Origin, count: int, sources: List[str]
) -> None:
    assert origin.sources(count) == sources
    mini_batch = origin.mini_batch
    text = written(["r"] * count, "csv", origin, provenance=True)[0]
    assert text == "".join(f"{mini_batch},{source},r\n" for source in sources)


@pytest.mark.parametrize(
    "to_csv, rows, header",
    [
        ({}, '17 a.png 1 x\n17 "b c.png" 2 y\n', None),
        (
            {"sep": ",", "header": True},
            "17,a.png,1,x\n17,b c.png,2,y\n",
            "mini_batch,source,a,b\n",
        ),
        (
            {"sep": ",", "header": True, "index": True},
            "17,a.png,r1,1,x\n17,b c.png,r2,2,y\n",
            "mini_batch,source,,a,b\n",
        ),
        (
            {"sep": ",", "header": True, "index": True, "index_label": "row"},
            "17,a.png,r1,1,x\n17,b c.png,r2,2,y\n",
            "mini_batch,source,row,a,b\n",
        ),
        (
            {"sep": ",", "header": ["B"], "columns": ["b"], "index_label": "unused"},
            "17,a.png,x\n17,b c.png,y\n",
            "mini_batch,source,B\n",
        ),
    ],
)
@pytest.mark.parametrize("form", ["text", "csv"])
def test_provenance_of_frames_comes_first_whatever_the_options(
    form: str, to_csv: Dict[str, Any], rows: str, header: Any
) -> None:
    if form == "csv" and "sep" not in to_csv:
        to_csv = {"sep": " ", **to_csv}
    data = frame({"a": [1, 2], "b": ["x", "y"]}, index=["r1", "r2"])
    assert written(data, form, FILES, provenance=True, to_csv=to_csv) == (rows, header)
    assert list(data.columns) == ["a", "b"] and list(data.index) == ["r1", "r2"]


def test_provenance_of_frames_in_json_and_headers_of_records() -> None:
    data = frame({"a": [1, 2]})
    assert written(data, "jsonl", FILES, provenance=True)[0] == (
        '{"mini_batch":17,"source":"a.png","a":1}\n{"mini_batch":17,"source":"b c.png","a":2}\n'
    )
    to_csv = {"header": True}
    header = written([{"a": 1}], "csv", FILES, provenance=True, to_csv=to_csv)[1]
    assert header == "mini_batch,source,a\n"


# ---- only the field "output" of returned JSON strings --------------------------------------------

RETURNED = [
    '{"output": "plain", "x": 1}', '{"output": {"a": 1, "b": "c d"}}', '{"output": [1, 2]}',
    '{"output": true}', '{"answer": 1}', 'no JSON, but "output"', {"output": "a dict"},
]  # fmt: skip


@pytest.mark.parametrize(
    "form, rows",
    [
        (
            "text",
            ["plain", '{"a":1,"b":"c d"}', "[1,2]", "true", '{"answer": 1}',
             'no JSON, but "output"', "{'output': 'a dict'}"],
        ),
        (
            "csv",
            ["plain", "1,c d", "1,2", "true", '{"answer": 1}', 'no JSON, but "output"', "a dict"],
        ),
        (
            "jsonl",
            ['"plain"', '{"a":1,"b":"c d"}', "[1,2]", "true", '{"answer": 1}',
             '"no JSON, but \\"output\\""', '{"output":"a dict"}'],
        ),
    ],
)  # fmt: skip
def test_output_field_only(form: str, rows: List[str]) -> None:
    assert written(RETURNED, form, output_field_only=True)[0].splitlines() == rows


# ---- text ----------------------------------------------------------------------------------------


def test_text_is_the_default_and_an_unknown_format_is_refused() -> None:
    results = ResultFormat({}, None, Silent(), True)  # type: ignore[arg-type]
    assert results.is_plain
    assert results.take(["a", 1], 2, NO_FILE)[2] == b"a\n1\n"
    with pytest.raises(UnknownFormat, match="'parquet'"):
        ResultFormat({"format": "parquet"}, None, Silent(), True)  # type: ignore[arg-type]


@pytest.mark.parametrize("form", ["text", "csv", "jsonl"])
def test_every_code_point_can_be_written(form: str) -> None:
    text = "".join(map(chr, [*range(32, 0x3000), *range(0xD7F0, 0xE010), 0xFFFF, 0x10FFFF]))
    rows = written([(text,)] if form == "csv" else [text], form)[0]
    if form == "jsonl":
        rows.encode("utf-8")  # valid
        assert json.loads(rows) == paired(text)
        return
    expected = (text if form == "text" else '"' + text.replace('"', '""') + '"') + "\n"
    assert rows.encode("utf-8", "surrogateescape") == expected.encode("utf-8", ROW_ERRORS)


# ---- through a worker ----------------------------------------------------------------------------


def test_formats_and_provenance_through_the_loop_over_files(agent: FakeAgent) -> None:
    write_file_manifest(agent.manifest, [b"a/%d.png" % n for n in range(6)], per_mini_batch=2)
    agent.start(
        "def run(b): return [{'n': n, 'id': b.task_id} for n in range(len(b))]",
        append={"format": "csv", "to_csv": {"header": True}, "provenance": True},
    )
    results = agent.run((0, 3))
    assert [r.rows for r in results] == [2, 2, 2]
    assert results[2].data == b"2,a/4.png,0,2\n2,a/5.png,1,2\n"
    assert agent.run_part(1, 1, 1).data == b"1,a/3.png,0,1\n"
    header = agent.spool_path.with_name("3.header")
    assert header.read_bytes() == b"mini_batch,source,n,id\n"


def test_formats_and_provenance_through_the_loop_over_rows(agent: FakeAgent) -> None:
    pytest.importorskip("pandas")
    table(agent, b"1,a\n2,b\n")
    agent.start(
        "def run(frame): return frame",
        kind="table",
        schema=SCHEMA,
        append={"format": "jsonl", "provenance": True},
    )
    assert agent.run((1, 1))[0].data.decode().splitlines() == [
        '{"mini_batch":1,"source":"0.csv","id":1,"zone":"a"}',
        '{"mini_batch":1,"source":"0.csv","id":2,"zone":"b"}',
    ]


@pytest.mark.parametrize("form", ["text", "csv", "jsonl"])
def test_rows_of_64_megabytes(agent: FakeAgent, form: str) -> None:
    size = 64 * 1024 * 1024
    agent.start(
        f"def run(b): return ['ü' * {size // 2}, 'small'] if b.task_id == 1 else [b.task_id]",
        append={"format": form},
    )
    before, large, after = agent.run((0, 3))
    row = "ü".encode() * (size // 2)
    quote = b'"' if form == "jsonl" else b""
    assert large.rows == 2
    assert large.data == quote + row + quote + b"\n" + quote + b"small" + quote + b"\n"
    assert (before.data, after.data) == (b"0\n", b"2\n")


def test_json_on_one_line_changes_nothing_but_white_space() -> None:
    text = '{"a b\\"  \\n": [1.10, {} ] ,\n"c":"\\\\"}'
    assert json_text.on_one_line(text) == '{"a b\\"  \\n":[1.10,{}],"c":"\\\\"}'
    assert json_text.on_one_line('{"a" : 1}') == '{"a" : 1}'

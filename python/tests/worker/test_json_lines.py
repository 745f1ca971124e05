"""Mini-batches of JSON lines: run() gets a list of dict (parallel-job.md 2.3 and 3.2)."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Tuple

import pytest

from batchmill.worker import board
from fake_agent import FakeAgent, write_row_manifest

ECHO = """
import json
def init(): pass
def run(rows): return [json.dumps(row) for row in rows]
"""


def rows(agent: FakeAgent, *files: Tuple[bytes, int], per_mini_batch: int = 100) -> None:
    """Files and their numbers of rows; here each line is a row or follows one in its mini-batch."""
    slices = []
    first = 0
    for number, (data, count) in enumerate(files):
        (agent.inputs / f"{number}.jsonl").write_bytes(data)
        lines = data.split(b"\n")
        begins = [0]
        for line in lines:
            begins.append(min(begins[-1] + len(line) + 1, len(data)))
        for at in range(0, count, per_mini_batch):
            last = at + per_mini_batch >= count
            end = len(data) if last else begins[at + per_mini_batch]
            size = min(per_mini_batch, count - at)
            slices.append((f"{number}.jsonl", begins[at], end, first, size))
            first += size
    write_row_manifest(agent.manifest, slices)


def start(agent: FakeAgent, script: str = ECHO, **spec: Any) -> Dict[str, Any]:
    return agent.start(script, kind="jsonl", **spec)


def lines(*values: Any) -> bytes:
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


def test_run_gets_the_values_of_the_lines(agent: FakeAgent) -> None:
    rows(agent, (lines({"id": 1}, {"id": 2, "t": "ü"}, {"id": 3}), 3), per_mini_batch=2)
    assert start(agent)["type"] == "ready"
    first, second = agent.run((0, 2))
    assert (first.status, first.total, first.succeeded, first.rows) == (board.RUN_DONE, 2, 2, 2)
    assert first.data == lines({"id": 1}, {"id": 2, "t": "ü"})
    assert second.data == lines({"id": 3})
    agent.shut_down()


@pytest.mark.parametrize("prefetch", [True, False])
def test_the_rows_are_a_list_that_knows_its_mini_batch(agent: FakeAgent, prefetch: bool) -> None:
    rows(agent, (lines(*range(9)), 9), (lines(*range(9, 12)), 3), per_mini_batch=2)
    start(
        agent,
        """
def run(rows, context):
    assert isinstance(rows, list) and rows.task_id == rows.minibatch_index == context.task_id
    base = context.global_row_index_lower_bound
    return [f"{base + number} {row} {context.dataset.paths[0][-7:]}"
            for number, row in enumerate(rows)]
""",
        prefetch=prefetch,
    )
    results = agent.run((0, 7))
    assert [r.total for r in results] == [2, 2, 2, 2, 1, 2, 1]
    shown = b"".join(r.data for r in results).decode().splitlines()
    assert shown == [f"{n} {n} {0 if n < 9 else 1}.jsonl" for n in range(12)]


@pytest.mark.parametrize(
    "data, values",
    [
        (b'\xef\xbb\xbf{"a": 1}\n', [{"a": 1}]),
        (b'{"a": 1}\r\n{"a": 2}\r\n', [{"a": 1}, {"a": 2}]),
        (b'{"a": 1}\n\n \t\r\n{"a": 2}', [{"a": 1}, {"a": 2}]),
        (b' {"a": [1, null]} \n', [{"a": [1, None]}]),
        (b'[1, 2]\n"text"\n5\nnull\ntrue\n', [[1, 2], "text", 5, None, True]),
        ('{"ü": "\u2028 \\ud83d"}\n'.encode(), [{"ü": "\u2028 \ud83d"}]),
    ],
)
def test_what_is_tolerated(agent: FakeAgent, data: bytes, values: List[Any]) -> None:
    rows(agent, (data, len(values)))
    start(agent)
    assert agent.run((0, 1))[0].data == lines(*values)


@pytest.mark.parametrize(
    "data, item, message, kind",
    [
        (
            b'{"a": 1}\n\n{"a": 1 2}\n',
            "0.jsonl:3",
            "not JSON: Expecting ',' delimiter (column 9)",
            "json.decoder.JSONDecodeError",
        ),
        (b'{"a": 1}\nx', "0.jsonl:2", "not JSON: Expecting value (column 1)",
         "json.decoder.JSONDecodeError"),
        (b'{"a": 1} {"b": 2}\n', "0.jsonl:1", "not JSON: Extra data (column 10)",
         "json.decoder.JSONDecodeError"),
        (b"[" * 200_000 + b"\n", "0.jsonl:1", None, "RecursionError"),
        (b'{"a": 1}\n{"b": "\xff"}\n', "0.jsonl", "not valid UTF-8: invalid start byte (byte 0xff)",
         "UnicodeDecodeError"),
    ],
    ids=["comma", "begin", "more", "depth", "bytes"],
)  # fmt: skip
def test_a_line_that_is_no_json_fails_the_load_with_its_place(
    agent: FakeAgent, data: bytes, item: str, message: str, kind: str
) -> None:
    rows(agent, (data, 2), (lines({"ok": 1}), 1))
    start(agent)
    failed, next_one = agent.run((0, 2))
    assert (failed.status, failed.total, failed.succeeded) == (board.LOAD_EXCEPTION, 2, 0)
    error = agent.errors()[1]
    assert (error["code"], error["item"], error["type"]) == (913, item, kind)
    if message is not None:
        assert error["message"] == message
    assert next_one.data == lines({"ok": 1})


def test_the_line_is_counted_from_the_files_begin(agent: FakeAgent) -> None:
    rows(agent, (lines(1, 2, 3) + b"{bad\n" + lines(5), 5), per_mini_batch=3)
    start(agent)
    assert agent.run((1, 1))[0].status == board.LOAD_EXCEPTION
    error = agent.errors()[1]
    assert (error["item"], error["detail"]) == ("0.jsonl:4", "{bad")
    log = agent.error_path.read_text()
    assert "mini-batch 1, try 1: loading\n0.jsonl:4: not JSON: " in log


def test_parts_tell_the_bad_line_from_its_neighbours(agent: FakeAgent) -> None:
    rows(agent, (b"1\n\n2\n{bad\n4\n", 4))
    start(agent, "def run(rows, c): return [c.global_row_index_lower_bound, *rows][:len(rows) + 1]")
    parts = [agent.run_part(0, item, 1) for item in range(4)]
    assert [part.status for part in parts] == [0, 0, board.LOAD_EXCEPTION, 0]
    assert [part.total for part in parts] == [1, 1, 1, 1]
    assert parts[3].data == b"3\n4\n"
    assert agent.errors()[3]["item"] == "0.jsonl:4"


def test_an_exception_about_a_single_row_names_its_line(agent: FakeAgent) -> None:
    rows(agent, (lines(1, 2) + b"\n" + lines(3), 3))
    start(agent, "def run(rows): raise ValueError(rows)")
    agent.run((0, 1))
    assert agent.run_part(0, 2, 1).status == board.RUN_EXCEPTION
    assert [error["item"] for error in agent.errors().values()] == ["0.jsonl", "0.jsonl:4"]


def test_a_file_that_lost_rows_after_planning(agent: FakeAgent) -> None:
    rows(agent, (lines({"a": 1}, {"a": 2}), 2))
    (agent.inputs / "0.jsonl").write_bytes(b'{"a": "1 2 3"}   \n')
    assert len(lines({"a": 1}, {"a": 2})) == 18
    start(agent)
    assert agent.run((0, 1))[0].status == board.LOAD_EXCEPTION
    error = agent.errors()[1]
    assert (error["code"], error["message"]) == (916, "changed after planning: 1 rows, was 2")


def test_no_part_of_a_changed_file_loads(agent: FakeAgent) -> None:
    rows(agent, (b"1\n2\n 3\n", 3))
    (agent.inputs / "0.jsonl").write_bytes(b"1\n2\n3\n4")  # one more row in as many bytes
    start(agent)
    assert agent.run_part(0, 0, 1).status == board.LOAD_EXCEPTION
    assert agent.errors()[1]["message"] == "changed after planning: 4 rows, was 3"


def test_a_byte_order_mark_alone_on_a_line_is_no_row_of_a_part(agent: FakeAgent) -> None:
    rows(agent, (b"\xef\xbb\xbf\n1\n{bad\n", 2))
    start(agent)
    parts = [agent.run_part(0, item, 1) for item in range(2)]
    assert [(part.status, part.data) for part in parts] == [(0, b"1\n"), (board.LOAD_EXCEPTION, b"")]


def test_the_next_rows_load_while_the_present_ones_run(agent: FakeAgent) -> None:
    rows(agent, (lines(*range(6)), 6), per_mini_batch=2)
    start(
        agent,
        """
import os, time
def run(rows):
    while not os.path.exists("go"): time.sleep(0.001)
    return rows
""",
    )
    agent.lease((0, 3))
    agent.until(lambda: agent.words[board.STARTED] == 2 and agent.words[board.LOADING] == 0)
    assert agent.words[board.RUNNING] == 1 and agent.words[board.RUNNING_ITEMS] == 2
    (agent.code / "go").touch()
    assert [r.data for r in agent.take_results(3)] == [b"0\n1\n", b"2\n3\n", b"4\n5\n"]


def test_without_prefetch_there_is_no_second_thread(agent: FakeAgent) -> None:
    rows(agent, (lines(*range(6)), 6), per_mini_batch=2)
    start(
        agent,
        """
import threading
def run(rows): return [threading.active_count(), *rows][: len(rows)]
""",
        prefetch=False,
    )
    agent.lease((0, 3))
    results = agent.take_results(3)
    assert [r.data for r in results] == [b"1\n0\n", b"1\n2\n", b"1\n4\n"]


def test_frames_of_rows(agent: FakeAgent) -> None:
    pytest.importorskip("pandas")
    rows(agent, (lines({"a": 1, "b": "x"}, {"a": 2}), 2))
    start(agent, "def run(rows, context): return context.dataset.to_pandas_dataframe()[['a']]")
    assert agent.run((0, 1))[0].data == b"1\n2\n"


def test_only_the_standard_library_is_needed(agent: FakeAgent) -> None:
    (agent.code / "pandas.py").write_text("raise ImportError('not here')")
    rows(agent, (lines({"a": 1}), 1))
    assert start(agent)["type"] == "ready"
    assert agent.run((0, 1))[0].data == lines({"a": 1})

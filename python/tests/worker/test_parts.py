"""Parts of bisected mini-batches: run() gets only their items (worker-protocol.md, leases)."""

from __future__ import annotations

import pytest

from batchmill.worker import board
from batchmill.worker.manifest import Slice
from batchmill.worker.slices import line_number, with_rows
from batchmill.worker.table.lines import is_blank
from fake_agent import FakeAgent, write_file_manifest, write_slice_manifest
from pathlib import Path

TEN = [b"f%d" % number for number in range(10)]


def test_a_part_of_a_mini_batch_of_files(agent: FakeAgent) -> None:
    write_file_manifest(agent.manifest, TEN * 2, per_mini_batch=10)
    agent.start(
        """
def run(mini_batch, context):
    assert mini_batch.task_id == context.minibatch_index == 1 and context.attempt == 3
    assert context.dataset.paths == mini_batch
    return [context.global_row_index_lower_bound, *(path[-2:] for path in mini_batch)][1:] + [
        context.global_row_index_lower_bound]
"""
    )
    part = agent.run_part(1, 4, 3, attempt=3)
    assert (part.total, part.data) == (3, b"f4\nf5\nf6\n14\n")
    assert agent.run_part(1, 9, 1, attempt=3).data == b"f9\n19\n"
    whole = agent.run((1, 1), attempt=3)[0]
    assert (whole.total, whole.data[:3], whole.data[-3:]) == (10, b"f0\n", b"10\n")


def test_parts_and_whole_mini_batches_mix_in_one_message(agent: FakeAgent) -> None:
    write_file_manifest(agent.manifest, TEN * 3, per_mini_batch=10)
    agent.start("def run(b): return [len(b)]")
    ranges = [
        [0, 2, 1, 1],
        [2, 1, 1, 1, 0, 5],
        [2, 1, 1, 1, 5, 5],
        [2, 1, 2, 1, 0, 0],
        [0, 1, 2, 1],
    ]
    agent.send({"type": "leases", "ranges": ranges, "planned": 3})
    assert [r.data for r in agent.take_results(6)] == [
        b"10\n", b"10\n", b"5\n", b"5\n", b"10\n", b"10\n",
    ]  # fmt: skip


def test_the_failure_of_a_single_item_names_it(agent: FakeAgent) -> None:
    write_file_manifest(agent.manifest, TEN, per_mini_batch=10)
    agent.start("def run(b): raise ValueError('bad')")
    assert agent.run_part(0, 7, 1).status == board.RUN_EXCEPTION
    assert agent.run_part(0, 6, 2, attempt=2).status == board.RUN_EXCEPTION
    assert {ticket: error["item"] for ticket, error in agent.errors().items()} == {1: "f7", 2: ""}
    log = agent.error_path.read_text()
    assert "Z mini-batch 0, item 7, try 1: run()\n" in log
    assert "Z mini-batch 0, items 6 to 7, try 2: run()\n" in log


SCHEMA = {
    "version": 1,
    "delimiter": ",",
    "empty_as_string": False,
    "columns": [{"name": "id", "type": "int"}, {"name": "zone", "type": "string"}],
}


def table(agent: FakeAgent, *files: bytes) -> None:
    """One mini-batch of the given files, which have no header, after one of a single row."""
    slices = [("first.csv", 0, 4, 1)]
    (agent.inputs / "first.csv").write_bytes(b"0,a\n")
    for number, data in enumerate(files):
        (agent.inputs / f"{number}.csv").write_bytes(data)
        slices.append((f"{number}.csv", 0, len(data), 1))
    write_slice_manifest(agent.manifest, slices, cuts=[1, len(slices)])


def start_table(agent: FakeAgent, script: str) -> None:
    pytest.importorskip("pandas")
    assert agent.start(script, kind="table", schema=SCHEMA)["type"] == "ready"


def test_a_part_of_a_table_is_cut_from_the_whole_frame(agent: FakeAgent) -> None:
    # A null makes the column of the whole frame float64, and so that of each part.
    table(agent, b"1,a\n\n2,b\n3,c", b"4,d\r\n,e\r\n6,f\r\n")
    start_table(
        agent,
        """
def run(frame, context):
    again = context.dataset.to_pandas_dataframe()
    return [context.minibatch_index, context.global_row_index_lower_bound, list(frame.index),
            list(frame["id"]), list(frame["zone"]), again.equals(frame)]
""",
    )
    part = agent.run_part(1, 2, 2)
    assert (part.status, part.total) == (board.RUN_DONE, 2)
    rows = part.data.decode().splitlines()
    assert rows == ["1", "3", "[0, 1]", "[3.0, 4.0]", "['c', 'd']", "True"]


def test_a_part_without_the_bad_row_loads_although_the_whole_does_not(agent: FakeAgent) -> None:
    table(agent, b"1,a\n2,b,too,many\n3,c\n")
    start_table(agent, "def run(frame): return list(frame['id'])")
    assert agent.run((1, 1))[0].status == board.LOAD_EXCEPTION
    first, bad, last = (agent.run_part(1, item, 1) for item in range(3))
    assert (first.status, first.data) == (board.RUN_DONE, b"1\n")
    assert (bad.status, bad.total) == (board.LOAD_EXCEPTION, 1)
    assert (last.status, last.data) == (board.RUN_DONE, b"3\n")
    assert agent.errors()[3]["item"] == "0.csv:2"
    assert (
        "Z mini-batch 1, item 1, try 1: loading\n0.csv:2: 4 fields" in agent.error_path.read_text()
    )


def test_the_failure_of_a_single_row_names_its_line(agent: FakeAgent) -> None:
    table(agent, b"1,a\n\n2,b\n", b"3,c\n4,d\n")
    start_table(agent, "def run(frame): raise ValueError(frame['id'][0])")
    for item in range(4):
        assert agent.run_part(1, item, 1).status == board.RUN_EXCEPTION
    assert [(error["message"], error["item"]) for error in agent.errors().values()] == [
        ("1", "0.csv:1"), ("2", "0.csv:3"), ("3", "1.csv:1"), ("4", "1.csv:2"),
    ]  # fmt: skip


def test_rows_in_slices_are_found_wherever_they_lie(tmp_path: Path) -> None:
    lines = [b"head", b"a", b"", b"b", b"\r", b"c\r", b"d"]
    path = tmp_path / "x"
    path.write_bytes(b"\n".join(lines))
    whole = [
        Slice(str(path), "x", 5, 10, 2),  # a, blank, b
        Slice(str(path), "x", 10, path.stat().st_size, 0),
    ]
    rows = [(b"a", 2), (b"b", 4), (b"c", 6), (b"d", 7)]
    for first in range(5):
        for count in range(5):
            found = with_rows(whole, first, count, is_blank)
            text = b"".join(path.read_bytes()[part.begin : part.end] for part in found)
            expected = rows[first : first + count]
            assert text.split() == [row for row, _ in expected]
            if expected:
                assert line_number(found[0], 0) == expected[0][1]


def test_running_items_are_told_while_rows_run(agent: FakeAgent) -> None:
    table(agent, b"1,a\n2,b\n3,c\n")
    start_table(
        agent,
        """
import os, time
def run(frame):
    while not os.path.exists(f"go-{len(frame)}"): time.sleep(0.001)
    return list(frame["id"])
""",
    )
    words = agent.words
    agent.lease((1, 1))
    agent.lease_part(1, 0, 2)
    for ticket, items in ((1, 3), (2, 2)):
        agent.until(lambda: words[board.RUNNING] == ticket)
        assert words[board.RUNNING_ITEMS] == items
        (agent.code / f"go-{items}").touch()
        agent.take_results(1)
    assert words[board.RUNNING_ITEMS] == 0


def test_running_items_are_left_alone_where_the_plan_tells_them(agent: FakeAgent) -> None:
    write_file_manifest(agent.manifest, TEN, per_mini_batch=5)
    agent.start(
        """
import os, time
def run(b):
    while not os.path.exists("go"): time.sleep(0.001)
    return b
"""
    )
    agent.lease((0, 1))
    agent.until(lambda: agent.words[board.RUNNING] == 1)
    assert agent.words[board.RUNNING_ITEMS] == 0
    (agent.code / "go").touch()
    agent.take_results(1)

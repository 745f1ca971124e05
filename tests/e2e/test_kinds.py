"""The kinds of input beside files and tables, parallel-job.md 2.3: JSON lines cut by rows, and ranks; and their order."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from harness import Workspace
from parallel_pipeline import Step, StepLogs, open_workspace

# What every mini-batch tells: index of its first row, the numbers that it holds.
TELLS = """
    def init(): pass
    def run(mini_batch, context):
        first = context.global_row_index_lower_bound
        return [f"{context.minibatch_index} {first + i} {row['n']}" for i, row in enumerate(mini_batch)]
"""


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    yield from open_workspace(tmp_path_factory.mktemp("kinds"))


def run_step(space: Workspace, name: str, step: Step, inputs: dict, more: tuple[str, ...] = ()):
    """A job with one step; returns the command and the step's logs."""
    space.script(dedent(step.script), f"{name}.py")
    definition = step.as_yaml(f"{name}.py")
    definition["inputs"] = inputs
    file = space.pipeline(json.dumps({"type": "pipeline", "jobs": {"step": definition}}), f"{name}.yml")
    done = space.create(file, name, *more)
    return done, StepLogs(space, name, "step")


def lines(*numbers: int, end: str = "\n") -> bytes:
    return "".join(json.dumps({"n": n}) + end for n in numbers).encode()


def json_folder(space: Workspace) -> Path:
    """Rows 0 to 10 in files that are odd in every way."""
    folder = space.scratch / "rows"
    folder.mkdir(exist_ok=True)
    (folder / "a.jsonl").write_bytes(lines(0, 1, 2, 3))
    (folder / "b.jsonl").write_bytes(b"\xef\xbb\xbf" + lines(4, 5, end="\r\n"))
    (folder / "c.jsonl").write_bytes(b"")
    (folder / "d.jsonl").write_bytes(b"\n" + lines(6) + b" \t\r\n\n" + lines(7) + b"  " + lines(8))
    (folder / "e.jsonl").write_bytes(lines(9) + b'{"n": 10}')
    return folder


EXPECTED = ["0 0 0", "0 1 1", "0 2 2", "1 3 3", "2 4 4", "2 5 5", "3 6 6", "3 7 7", "3 8 8", "4 9 9", "4 10 10"]


@pytest.mark.parametrize("step", [
    Step(TELLS, {"mini_batch_size": None, "file_format": "jsonl", "mini_batch_rows": 3}),
    Step(TELLS, {"mini_batch_size": None}, arguments="--amlbi_file_format jsonl --amlbi_mini_batch_rows 3"),
], ids=["keys", "arguments"])
def test_json_lines_are_cut_by_rows(space: Workspace, step: Step, request: pytest.FixtureRequest) -> None:
    name = "rows_by_" + request.node.callspec.id
    done, logs = run_step(space, name, step, {"files": {"type": "uri_folder", "path": str(json_folder(space))}})
    assert done.code == 0, done.text
    assert logs.rows() == EXPECTED
    assert "items         11 total, 11 succeeded, 0 failed" in logs.result
    details = [json.loads(row["Mini-batch Detail"]) for row in logs.attempts()]
    assert {tuple(row["rows"] for row in detail["slices"]) for detail in details} == {(3,), (1,), (2,)}


def test_one_file_of_json_lines(space: Workspace) -> None:
    file = space.scratch / "one.jsonl"
    file.write_bytes(lines(*range(250)))
    step = Step(TELLS, {"mini_batch_size": None, "file_format": "jsonl"})
    done, logs = run_step(space, "one_file", step, {"files": {"type": "uri_file", "path": str(file)}})
    assert done.code == 0, done.text
    assert logs.rows() == [f"{n // 100} {n} {n}" for n in range(250)], "100 rows each where nothing is said"


def test_json_lines_of_a_list_of_files(space: Workspace) -> None:
    json_folder(space)
    table = space.scratch / "listed"
    table.mkdir()
    (table / "MLTable").write_text("paths:\n  - file: ../rows/e.jsonl\n  - pattern: ../rows/a*.jsonl\n")
    step = Step(TELLS, {"mini_batch_size": None, "file_format": "jsonl", "mini_batch_rows": 10})
    done, logs = run_step(space, "listed_files", step, {"files": {"type": "mltable", "path": str(table)}})
    assert done.code == 0, done.text
    assert logs.rows() == ["0 0 9", "0 1 10", "1 2 0", "1 3 1", "1 4 2", "1 5 3"]


def test_a_line_that_is_no_json_is_named(space: Workspace) -> None:
    file = space.scratch / "broken.jsonl"
    file.write_bytes(lines(0, 1) + b"{oops}\n" + lines(3))
    step = Step(TELLS, {"mini_batch_size": None, "file_format": "jsonl", "mini_batch_rows": 2,
                        "mini_batch_error_threshold": 0})
    done, logs = run_step(space, "broken_line", step, {"files": {"type": "uri_file", "path": str(file)}})
    assert done.code == 1
    assert "broken.jsonl" in logs.first_line
    assert sorted(logs.statuses()) == ["LOAD_EXCEPTION", "RUN_DONE"]


def test_a_broken_line_does_not_cost_its_neighbours(space: Workspace) -> None:
    file = space.scratch / "one_broken.jsonl"
    file.write_bytes(lines(*range(41)) + b"{oops}\n" + lines(*range(42, 100)))
    step = Step(TELLS, {"mini_batch_size": None, "file_format": "jsonl", "mini_batch_rows": 100, "bisect": True})
    done, logs = run_step(space, "one_broken", step, {"files": {"type": "uri_file", "path": str(file)}})
    assert done.code == 0, done.text
    assert logs.rows() == [f"0 {n} {n}" for n in range(100) if n != 41]
    assert "items         100 total, 99 succeeded, 1 failed" in logs.result
    with (logs.folder / "sys" / "job_report" / "failed_items.csv").open(newline="") as report:
        (failed,) = csv.DictReader(report)
    assert (failed["Mini-batch Id"], failed["Item"], failed["Status"]) == ("0", "41", "LOAD_EXCEPTION")
    assert "one_broken.jsonl:42" in failed["Error Message"]


@pytest.mark.parametrize("step", [
    Step("""
        def run(mini_batch, context):
            assert mini_batch == []
            return [f"rank {context.minibatch_index}"]
    """, {"mini_batch_size": None, "rank_mini_batch_count": 3}),
    Step("""
        def run(mini_batch, context):
            assert mini_batch == []
            return [f"rank {context.minibatch_index}"]
    """, {"mini_batch_size": None}, arguments="--rank_mini_batch_count 3"),
], ids=["key", "argument"])
def test_ranks_have_no_input(space: Workspace, step: Step, request: pytest.FixtureRequest) -> None:
    name = "ranks_by_" + request.node.callspec.id
    done, logs = run_step(space, name, step, {"files": {"type": "uri_folder", "path": str(json_folder(space))}})
    assert done.code == 0, done.text
    assert logs.rows() == ["rank 0", "rank 1", "rank 2"]
    assert "mini-batches  3 total, 3 succeeded, 0 failed" in logs.result


def test_the_largest_come_first_and_rows_in_order(space: Workspace) -> None:
    folder = space.scratch / "sizes"
    folder.mkdir()
    for index, size in enumerate([10, 3000, 200, 40000, 10]):
        (folder / f"{index}.bin").write_bytes(b"x" * size)
    step = Step("""
        import os
        def run(mini_batch):
            return [os.path.basename(p) for p in mini_batch]
    """, {"mini_batch_size": 1, "order": "largest_first"})
    done, logs = run_step(space, "largest", step, {"files": {"type": "uri_folder", "path": str(folder)}})
    assert done.code == 0, done.text
    started = [row["Mini-batch Id"] for row in sorted(logs.attempts(), key=lambda row: row["Start Time"])]
    assert started == ["3", "1", "2", "0", "4"]
    assert logs.rows() == [f"{index}.bin" for index in range(5)]

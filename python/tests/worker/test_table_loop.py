"""Mini-batches of a table, from lease to DataFrame to ring."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Tuple

import pytest

pytest.importorskip("pandas")

from batchmill.worker import board  # noqa: E402
from fake_agent import UNLIMITED, FakeAgent, write_slice_manifest  # noqa: E402

SCHEMA: Dict[str, Any] = {
    "version": 1,
    "delimiter": ",",
    "empty_as_string": False,
    "columns": [
        {"name": "id", "type": "int"},
        {"name": "fare", "type": "float"},
        {"name": "zone", "type": "string"},
    ],
}


def rows_of(number: int) -> List[str]:
    return [f"{number * 10 + row},{row}.5,z{row}" for row in range(3)]


def table(agent: FakeAgent, mini_batches: int = 12) -> None:
    """One file with a header; mini-batch k is lines 3k+2 to 3k+4."""
    data = b"id,fare,zone\n"
    slices: List[Tuple[str, int, int, int]] = []
    for number in range(mini_batches):
        begin = len(data)
        data += "".join(row + "\n" for row in rows_of(number)).encode()
        slices.append(("taxi.csv", begin, len(data), 2 if number == 0 else 0))
    (agent.inputs / "taxi.csv").write_bytes(data)
    write_slice_manifest(agent.manifest, slices)


def start(agent: FakeAgent, script: str, **spec: Any) -> Dict[str, Any]:
    return agent.start(script, kind="table", schema=SCHEMA, **spec)


def spoil(agent: FakeAgent, old: bytes, new: bytes) -> None:
    """Changes bytes of the file without moving others."""
    assert len(old) == len(new)
    path = agent.inputs / "taxi.csv"
    assert old in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(old, new))


def test_run_gets_frames_and_its_rows_are_kept(agent: FakeAgent) -> None:
    table(agent)
    start(agent, "def init(): pass\ndef run(frame): return frame[['id', 'fare']]\n")
    results = agent.run((0, 12))
    assert [r.ticket for r in results] == list(range(1, 13))
    for number, result in enumerate(results):
        assert (result.status, result.total, result.succeeded, result.rows) == (0, 3, 3, 3)
        rows = "".join(" ".join(row.split(",")[:2]) + "\n" for row in rows_of(number))
        assert result.data.decode() == rows
    agent.shut_down()


def test_the_context_of_a_table(agent: FakeAgent) -> None:
    table(agent)
    start(
        agent,
        """
def run(frame, context):
    again = context.dataset.to_pandas_dataframe()
    return [context.minibatch_index, context.global_row_index_lower_bound, again.equals(frame),
            context.dataset.paths[0]]
""",
    )
    path = str(agent.inputs / "taxi.csv")
    for mini_batch, first_row in ((5, 15), (0, 0), (11, 33)):
        rows = agent.run((mini_batch, 1))[0].data.decode().splitlines()
        assert rows == [str(mini_batch), str(first_row), "True", path]


def test_a_mini_batch_of_several_slices(agent: FakeAgent) -> None:
    (agent.inputs / "sub").mkdir()
    (agent.inputs / "a.csv").write_bytes(b"id,fare,zone\n1,1,a\n2,2,b")
    (agent.inputs / "sub/b.csv").write_bytes(b"id,fare,zone\n3,3,c\n4,4,x\n")
    slices = [("a.csv", 13, 24, 2), ("sub/b.csv", 13, 25, 2)]
    write_slice_manifest(agent.manifest, slices, cuts=[2])
    start(agent, "def run(frame): return list(frame['zone'])")
    assert agent.run((0, 1))[0].data == b"a\nb\nc\nx\n"


def test_the_next_mini_batch_loads_while_the_present_one_runs(agent: FakeAgent) -> None:
    table(agent)
    start(
        agent,
        """
import os, time
def run(frame):
    while not os.path.exists("go"): time.sleep(0.001)
    return [1, 1, 1]
""",
    )
    agent.lease((0, 5))
    agent.until(lambda: agent.words[board.STARTED] == 2 and agent.words[board.LOADING] == 0)
    assert agent.words[board.RUNNING] == 1
    (agent.code / "go").touch()
    assert [r.ticket for r in agent.take_results(5)] == [1, 2, 3, 4, 5]


def test_what_is_loaded_ahead_has_started_and_runs(agent: FakeAgent) -> None:
    table(agent)
    start(
        agent,
        """
import os, time
def run(frame):
    while not os.path.exists("go"): time.sleep(0.001)
    return list(frame["id"])
""",
    )
    agent.lease((0, 5))
    agent.until(lambda: agent.words[board.STARTED] == 2)
    agent.words[board.TICKET_LIMIT] = 1
    (agent.code / "go").touch()
    agent.until(lambda: agent.words[board.REFUSED] == 5)
    assert [r.ticket for r in agent.take_results(2)] == [1, 2]
    assert agent.words[board.STARTED] == 2
    agent.words[board.TICKET_LIMIT] = UNLIMITED
    (again,) = agent.run((3, 1))
    assert (again.ticket, again.data) == (6, b"30\n31\n32\n")


def test_a_long_row_is_a_failed_load_under_the_thresholds(agent: FakeAgent) -> None:
    table(agent)
    spoil(agent, b"51,1.5,z1", b"51,1.,5,z")
    start(agent, "def run(frame): return list(frame['id'])")
    results = agent.run((4, 3), attempt=2)
    assert [r.status for r in results] == [0, board.LOAD_EXCEPTION, 0]
    failed = results[1]
    assert (failed.has_error, failed.total, failed.succeeded, failed.run_us) == (1, 3, 0, 0)
    error = agent.errors()[2]
    assert (error["code"], error["item"]) == (914, "taxi.csv:18")
    assert error["message"] == "4 fields, the header has 3"
    assert error["detail"] == "51,1.,5,z"
    log = agent.error_path.read_text()
    assert "mini-batch 5, try 2: loading\ntaxi.csv:18: 4 fields, the header has 3\n" in log


def test_values_that_do_not_fit_are_told_with_their_place(agent: FakeAgent) -> None:
    table(agent)
    spoil(agent, b"\n51,", b"\nn/,")
    spoil(agent, b"\n52,", b"\nxx,")
    start(agent, "def run(frame): return list(frame['id'].isna())")
    assert agent.run((5, 1))[0].data == b"False\nTrue\nTrue\n"
    agent.shut_down()
    misfits = [notice for notice in agent.all_notices() if notice["code"] == 0]
    assert misfits == [
        {
            "code": 0,
            "kind": "misfit",
            "mini_batch": 5,
            "column": "id",
            "type": "int",
            "count": 2,
            "file": "taxi.csv",
            "line": 18,
        }
    ]


def test_a_vanished_file_fails_the_load_and_the_next_one_works(agent: FakeAgent) -> None:
    table(agent)
    start(agent, "def run(frame): return list(frame['id'])")
    path = agent.inputs / "taxi.csv"
    path.rename(path.with_name("moved"))
    assert agent.run((0, 1))[0].status == board.LOAD_EXCEPTION
    assert (agent.errors()[1]["code"], agent.errors()[1]["item"]) == (915, "taxi.csv")
    path.with_name("moved").rename(path)
    assert agent.run((0, 1))[0].data == b"0\n1\n2\n"


def test_an_exception_in_run_keeps_the_process(agent: FakeAgent) -> None:
    table(agent)
    start(
        agent,
        """
def run(frame):
    if frame["id"][0] == 10: raise ValueError("ten")
    return frame
""",
    )
    results = agent.run((0, 3))
    assert [r.status for r in results] == [0, board.RUN_EXCEPTION, 0]
    assert results[1].total == 3
    assert agent.errors()[2]["message"] == "ten"
    assert agent.errors()[2]["item"] == "taxi.csv"


def test_a_crash_while_running_is_charged_to_what_ran(agent: FakeAgent) -> None:
    table(agent)
    start(
        agent,
        "import os\ndef run(frame):\n    if frame['id'][0] == 20: os._exit(4)\n    return frame",
    )
    agent.lease((0, 12))
    assert agent.exit_code() == 4
    assert agent.words[board.RUNNING] == 3
    assert [r.ticket for r in agent.take_results(2)] == [1, 2]


def test_shutdown_between_mini_batches(agent: FakeAgent) -> None:
    table(agent)
    start(agent, "def run(frame): return frame\ndef shutdown(): print('closed')")
    agent.run((0, 2))
    agent.shut_down()
    assert agent.stdout().endswith("closed\n")


def test_an_interpreter_without_pandas_says_so(agent: FakeAgent, tmp_path: Path) -> None:
    table(agent)
    (agent.code / "pandas.py").write_text("raise ImportError('not here')")
    answer = start(agent, "def run(frame): return frame")
    assert (answer["type"], answer["kind"], answer["error"]["code"]) == (
        "init_failed",
        "import",
        802,
    )
    assert answer["error"]["message"].startswith("step 'score' needs pandas; /")

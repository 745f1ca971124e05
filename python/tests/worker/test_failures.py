"""Tries that fail, and what is told about them."""

from __future__ import annotations

import resource

import pytest

from batchmill.worker import board
from fake_agent import FakeAgent


def test_an_exception_fails_the_try_and_keeps_the_process(agent: FakeAgent) -> None:
    agent.start(
        """
import os
def parse(text):
    return float(text)
def run(mini_batch):
    if mini_batch[0].endswith("1"):
        try:
            {}["EUR"]
        except KeyError:
            return [parse("n/a")]
    return [os.getpid()]
"""
    )
    results = agent.run((0, 3), attempt=2)
    assert [r.status for r in results] == [board.RUN_DONE, board.RUN_EXCEPTION, board.RUN_DONE]
    assert results[0].data == results[2].data == b"%d\n" % agent.pid
    failed = results[1]
    assert (failed.has_error, failed.total, failed.succeeded, failed.length) == (1, 1, 0, 0)

    error = agent.errors()[2]
    assert (error["code"], error["type"]) == (901, "ValueError")
    assert error["message"] == "could not convert string to float: 'n/a'"
    assert error["place"] == {"file": "score.py", "line": 4, "function": "parse"}
    assert error["item"] == "f001"
    frames = [(f["file"], f["line"], f["function"], f["text"], f["user"]) for f in error["frames"]]
    assert frames == [
        ("score.py", 10, "run", 'return [parse("n/a")]', True),
        ("score.py", 4, "parse", "return float(text)", True),
    ]
    (link,) = error["chain"]
    assert (link["link"], link["type"], link["message"]) == ("while handling", "KeyError", "'EUR'")
    assert link["place"] == {"file": "score.py", "line": 8, "function": "run"}

    log = agent.error_path.read_text()
    assert "Z mini-batch 1, try 2: run()\nTraceback (most recent call last):\n" in log
    assert "During handling of the above exception, another exception occurred" in log
    assert f'File "{agent.code}/score.py", line 4, in parse' in log
    assert "file_loop" not in log


@pytest.mark.parametrize(
    "statement, kind, code, message",
    [
        (
            "import sys; sys.exit(3)",
            "SystemExit",
            912,
            "the script ended its process (exit code 3)",
        ),
        ("exit()", "SystemExit", 912, "the script ended its process (exit code 0)"),
        (
            "raise SystemExit('no more')",
            "SystemExit",
            912,
            "the script ended its process (exit code 1): no more",
        ),
        ("raise KeyboardInterrupt", "KeyboardInterrupt", 901, ""),
        ("raise GeneratorExit", "GeneratorExit", 901, ""),
        ("raise MemoryError('big')", "MemoryError", 901, "big"),
        ("import not_there", "ModuleNotFoundError", 926, "No module named 'not_there'"),
        ("raise ValueError('\\udcff\\ud800 ü')", "ValueError", 901, "\\xff\\ud800 ü"),
        ("raise ValueError('x' * 30000)", "ValueError", 901, "x" * 20000),
    ],
)
def test_whatever_is_raised_is_reported(
    agent: FakeAgent, statement: str, kind: str, code: int, message: str
) -> None:
    agent.start(f"def run(b):\n    if b.task_id == 0: {statement}\n    return b\n")
    results = agent.run((0, 2))
    assert [r.status for r in results] == [board.RUN_EXCEPTION, board.RUN_DONE]
    error = agent.errors()[1]
    assert (error["type"], error["code"], error["message"]) == (kind, code, message)
    assert error["place"] == {"file": "score.py", "line": 2, "function": "run"}


def test_an_exception_that_cannot_be_shown_is_still_reported(agent: FakeAgent) -> None:
    agent.start(
        """
class Odd(Exception):
    def __str__(self): raise RuntimeError("no")
def run(b): raise Odd()
"""
    )
    agent.run((0, 1))
    error = agent.errors()[1]
    assert error["type"] == "score.Odd"
    assert error["message"] == "<str() of the exception raised RuntimeError>"


def test_a_file_that_is_gone_has_a_code_of_its_own(agent: FakeAgent) -> None:
    agent.start(
        """
import os
def run(b):
    if b.task_id == 0: open(b[0])
    if b.task_id == 1: open("/no/such/other")
    raise FileNotFoundError(2, "invented", b[0])
"""
    )
    (agent.inputs / "f002").touch()
    agent.run((0, 3))
    codes = {ticket: (e["code"], e["item"]) for ticket, e in agent.errors().items()}
    assert codes == {1: (915, "f000"), 2: (901, "f001"), 3: (901, "f002")}


def test_many_failures_in_a_row(agent: FakeAgent) -> None:
    agent.start("def run(b): raise ValueError(b.task_id)")
    results = agent.run((0, 100))
    assert all(r.status == board.RUN_EXCEPTION and r.has_error for r in results)
    errors = agent.errors()
    assert [errors[ticket]["message"] for ticket in range(1, 101)] == [str(n) for n in range(100)]


def test_rows_that_do_not_fit_on_the_disk_fail_their_tries(agent: FakeAgent) -> None:
    # A file-size limit stands in for a full disk: write() fails just as late.
    agent.start(
        """
import resource, signal
def init():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
def run(b): return ["x" * (99_999 if b.task_id in (1, 3) else 9)]
"""
    )
    results = [agent.run((number, 1))[0] for number in range(5)]
    assert [r.status for r in results] == [
        board.RUN_DONE, board.RUN_EXCEPTION, board.RUN_DONE, board.RUN_EXCEPTION, board.RUN_DONE,
    ]  # fmt: skip
    assert [r.offset for r in results if r.length] == [0, 10, 20]
    assert agent.spool_path.read_bytes() == b"xxxxxxxxx\n" * 3
    error = agent.errors()[2]
    assert error["code"] == 923
    assert error["message"] == f"cannot write returned rows to {agent.spool_path}: File too large"
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 100_000

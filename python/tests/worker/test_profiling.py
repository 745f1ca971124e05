"""Profiles of init() and run() (parallel-job.md 2.1 and 7.3, --profiling_module)."""

from __future__ import annotations

import pstats
import threading
import time
from pathlib import Path
from typing import Dict

import pytest

from batchmill.worker.profiling import DUMP_SECONDS, Profiler
from fake_agent import FakeAgent
from test_spec_3_7_streaming import THREADED

MODULES = ["cProfile", "profile"]


def calls(path: Path) -> Dict[str, int]:
    """Number of calls of each function, as ``pstats`` reads the file."""
    stats = pstats.Stats(str(path)).stats  # type: ignore[attr-defined]
    return {name: count for (_, _, name), (count, *_) in stats.items()}


@pytest.mark.parametrize("module", MODULES)
def test_a_worker_leaves_a_profile(agent: FakeAgent, module: str) -> None:
    agent.start(
        """
def inner(): return sum(range(100))
def init(): inner()
def run(b): return [inner()]
def shutdown(): pass
""",
        profiling_module=module,
    )
    agent.run((0, 20))
    agent.shut_down()
    path = agent.logs / "sys/node/0/process007.profile"
    found = calls(path)
    assert (found["init"], found["run"], found["inner"]) == (1, 20, 21)
    assert [file.name for file in path.parent.iterdir()] == ["process007.profile"]


@pytest.mark.parametrize("module", MODULES)
def test_what_a_generator_does_belongs_to_run(agent: FakeAgent, module: str) -> None:
    agent.start(
        "def inner(): return 7\ndef run(b, context):\n    yield inner()\n", profiling_module=module
    )
    assert agent.run((0, 1))[0].data == b"7\n"
    agent.shut_down()
    assert calls(agent.logs / "sys/node/0/process007.profile")["inner"] == 1


@pytest.mark.parametrize("module", MODULES)
def test_failures_look_as_without_it(agent: FakeAgent, module: str) -> None:
    agent.start("def run(b):\n    if b.task_id: raise ValueError(1)\n", profiling_module=module)
    agent.run((0, 2))
    none, raised = agent.errors()[1], agent.errors()[2]
    assert (none["code"], none["place"]["line"]) == (907, 1)
    assert raised["place"] == {"file": "score.py", "line": 2, "function": "run"}
    assert [frame["function"] for frame in raised["frames"]] == ["run"]
    log = agent.error_path.read_text()
    assert "rofil" not in log and 'score.py", line 2, in run' in log


@pytest.mark.parametrize("module", MODULES)
def test_a_kill_loses_little(tmp_path: Path, module: str) -> None:
    def inner() -> None:
        time.sleep(0.001)

    def run(long: threading.Event) -> None:
        while not long.is_set():
            inner()

    path = tmp_path / "a/b/p.profile"
    profiler = Profiler(module, str(path), interval=0.01)
    done = threading.Event()
    thread = threading.Thread(target=profiler.wrap(run), args=(done,))
    thread.start()
    try:
        # The profile is there, and grows, while the run lasts.
        deadline = time.monotonic() + 30
        seen = 0
        while seen < 20 and time.monotonic() < deadline:
            if path.exists():
                seen = max(seen, calls(path).get("inner", 0))
            time.sleep(0.01)
        assert seen >= 20
    finally:
        done.set()
        thread.join()
    profiler.write()
    assert calls(path)["inner"] > seen and calls(path)["run"] == 1
    assert 0 < DUMP_SECONDS <= 60


def test_a_profile_that_cannot_be_written_fails_nothing(agent: FakeAgent) -> None:
    agent.logs.mkdir()
    (agent.logs / "sys").write_text("in the way")
    agent.start("def run(b): return b", profiling_module="cProfile")
    agent.run((0, 1))
    agent.shut_down()
    assert "cannot write" in agent.stderr()


def test_the_streaming_contract_is_profiled(agent: FakeAgent) -> None:
    limits = {"window": 4, "run_timeout_s": 60}
    agent.start(THREADED, streaming=limits, profiling_module="cProfile")
    agent.run((0, 3))
    agent.shut_down()
    found = calls(agent.logs / "sys/node/0/process007.profile")
    # Not exactly 3: cProfile of Python 3.12 is confused by the script's threads.
    assert found["enqueue"] >= 1 and found["get_finished_batch_result"] >= 1

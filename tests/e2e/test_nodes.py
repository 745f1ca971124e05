"""Logical nodes: an agent each, shares of the machine, losses and replacements (parallel-job.md 5.7)."""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from pathlib import Path

import pytest
from harness import Process, Workspace, wait_for
from parallel_pipeline import Step, StepLogs, make_files, write_pipeline

# No mini-batch ends before all expected workers have started, nor while there is a file `wait`: so each of them
# gets some, however slowly they start.
SLOW = """
    import json, os, time
    MARKS = os.environ["MARKS"]
    def started():
        with open(os.path.join(MARKS, "init.txt")) as file:
            return len(file.readlines())
    def init():
        with open(os.path.join(MARKS, "init.txt"), "a") as file:
            file.write(f"{os.getpid()}\\n")
    def run(mini_batch):
        while started() < int(os.environ["EXPECTED"]) or os.path.exists(os.path.join(MARKS, "wait")):
            time.sleep(0.01)
        time.sleep(0.1)
        facts = {"node": os.environ["AZUREML_CR_NODE_RANK"], "nodes": os.environ["AZUREML_NODE_COUNT"],
                 "gpus": os.environ["AZ_BATCHAI_GPU_COUNT_FOUND"], "cuda": os.environ.get("CUDA_VISIBLE_DEVICES"),
                 "pid": os.getpid()}
        return [os.path.basename(p) + " " + json.dumps(facts) for p in mini_batch]
"""


def step(marks: Path, nodes: int, workers: int | None = 1, expected: int = 1, **keys) -> Step:
    """`expected` workers start before a mini-batch ends."""
    marks.mkdir(exist_ok=True)
    keys = {"resources": {"instance_count": nodes},
            "environment_variables": {"MARKS": str(marks), "EXPECTED": str(expected)},
            "max_concurrency_per_instance": workers, **keys}
    return Step(SLOW, keys=keys)


def facts_of(rows: list[str]) -> list[dict]:
    return [json.loads(row.split(" ", 1)[1]) for row in rows]


def names_of(rows: list[str]) -> list[str]:
    return [row.split(" ", 1)[0] for row in rows]


def agents(workspace: Workspace) -> dict[int, Process]:
    """The living agents, by node."""
    found = {}
    for process in workspace.of_kind("agent"):
        words = process.command.split()
        found[int(words[words.index("--node") + 1])] = process
    return found


def started_workers(marks: Path) -> list[str]:
    file = marks / "init.txt"
    return file.read_text().split() if file.exists() else []


def expected(count: int) -> list[str]:
    return sorted(f"item-{index}.txt" for index in range(count))


def test_each_node_has_an_agent_and_runs_its_share(workspace: Workspace, tmp_path: Path) -> None:
    files = make_files(tmp_path / "files", 60)
    write = write_pipeline(workspace, {"spread": step(tmp_path / "marks", 3, expected=3)}, files)
    done = workspace.create(write, "spread")
    assert done.code == 0, done.text
    rows = StepLogs(workspace, "spread", "spread").rows()
    assert names_of(rows) == expected(60)
    facts = facts_of(rows)
    assert {fact["node"] for fact in facts} == {"0", "1", "2"}
    assert {fact["nodes"] for fact in facts} == {"3"}
    assert len({fact["pid"] for fact in facts}) == 3
    workspace.assert_nothing_left()


def test_a_step_uses_no_more_nodes_than_it_asked_for(workspace: Workspace, tmp_path: Path) -> None:
    files = make_files(tmp_path / "files", 24)
    steps = {"wide": step(tmp_path / "wide", 3, expected=3), "narrow": step(tmp_path / "narrow", 1)}
    done = workspace.create(write_pipeline(workspace, steps, files), "both")
    assert done.code == 0, done.text
    assert len({fact["node"] for fact in facts_of(StepLogs(workspace, "both", "narrow").rows())}) == 1
    assert len({fact["node"] for fact in facts_of(StepLogs(workspace, "both", "wide").rows())}) == 3
    workspace.assert_nothing_left()


def test_default_concurrency_is_the_cores_over_the_nodes(workspace: Workspace, tmp_path: Path) -> None:
    files = make_files(tmp_path / "files", 8)
    done = workspace.create(write_pipeline(workspace, {"shared": step(tmp_path / "marks", 2, workers=None)}, files), "shared")
    assert done.code == 0, done.text
    cores = len(os.sched_getaffinity(0))
    assert f"max_concurrency_per_instance {max(1, cores // 2)} (default)" in StepLogs(workspace, "shared", "shared").result
    workspace.assert_nothing_left()


def test_a_lost_node_is_replaced_by_a_new_one(workspace: Workspace, tmp_path: Path) -> None:
    files = make_files(tmp_path / "files", 80)
    marks = tmp_path / "marks"
    created = workspace.create(write_pipeline(workspace, {"loses": step(marks, 2, expected=3)}, files), "loses", stream=False)
    assert created.code == 0, created.text
    wait_for(lambda: len(started_workers(marks)) == 2, 60, lambda: "two workers never started")
    os.kill(agents(workspace)[1].pid, signal.SIGKILL)
    assert workspace.wait_until_over("loses") == "Completed"
    rows = StepLogs(workspace, "loses", "loses").rows()
    assert names_of(rows) == expected(80)
    assert "2" in {fact["node"] for fact in facts_of(rows)}
    workspace.assert_nothing_left()


def test_warm_workers_survive_the_leader_on_several_nodes(workspace: Workspace, tmp_path: Path) -> None:
    files = make_files(tmp_path / "files", 120)
    marks = tmp_path / "marks"
    pipeline = write_pipeline(workspace, {"warm": step(marks, 3, expected=3)}, files)
    (marks / "wait").touch()
    created = workspace.create(pipeline, "warm", stream=False)
    assert created.code == 0, created.text
    wait_for(lambda: len(started_workers(marks)) == 3, 60, lambda: f"started: {started_workers(marks)}")
    for _ in range(2):
        before = workspace.of_kind("leader")[0].pid
        os.kill(before, signal.SIGKILL)
        wait_for(lambda: any(p.pid != before for p in workspace.of_kind("leader")), 60, lambda: "no new leader")
    (marks / "wait").unlink()
    assert workspace.wait_until_over("warm") == "Completed"
    rows = StepLogs(workspace, "warm", "warm").rows()
    assert names_of(rows) == expected(120)
    pids = {str(fact["pid"]) for fact in facts_of(rows)}
    assert pids == set(started_workers(marks)), "a worker was started anew"
    assert Counter(started_workers(marks)) == dict.fromkeys(pids, 1), "init() ran more than once in a worker"
    workspace.assert_nothing_left()


@pytest.fixture
def three_gpus(tmp_path: Path) -> dict[str, str]:
    """A stand-in for the driver's tool that reports three GPUs."""
    folder = tmp_path / "driver"
    folder.mkdir()
    tool = folder / "nvidia-smi"
    tool.write_text("#!/bin/sh\nfor i in 0 1 2; do echo \"$i, 10, 100, 16000\"; done\n")
    tool.chmod(0o755)
    return {"PATH": f"{folder}:{os.environ['PATH']}"}


def test_spec_4_6_gpus_are_shared_out_among_nodes_and_workers(workspace: Workspace, tmp_path: Path,
                                                              three_gpus: dict[str, str]) -> None:
    files = make_files(tmp_path / "files", 60)
    pipeline = write_pipeline(workspace, {"gpus": step(tmp_path / "marks", 2, workers=2, expected=4)}, files)
    done = workspace.create(pipeline, "gpus", env=three_gpus)
    assert done.code == 0, done.text
    logs = StepLogs(workspace, "gpus", "gpus")
    facts = facts_of(logs.rows())
    by_pid = {fact["pid"]: fact for fact in facts}
    assert sorted(fact["cuda"] or "none" for fact in by_pid.values()) == ["0", "1", "2", "none"]
    told = {(row["Node"], row["Process"]): row["GPU"] for row in logs.attempts()}
    assert sorted(told.values()) == ["0", "1", "2", "N/A"]
    starts = "".join((logs.folder / "sys" / "node" / node / "_main.txt").read_text() for node in ("0", "1"))
    for pid, fact in by_pid.items():
        gpu = "" if fact["cuda"] is None else f", GPU {fact['cuda']}"
        assert f" started, pid {pid}{gpu}\n" in starts
    assert {(fact["node"], fact["gpus"]) for fact in facts} == {("0", "2"), ("1", "1")}
    workspace.assert_nothing_left()


def test_spec_4_6_one_worker_is_the_default_where_there_are_gpus(workspace: Workspace, tmp_path: Path,
                                                                 three_gpus: dict[str, str]) -> None:
    files = make_files(tmp_path / "files", 8)
    pipeline = write_pipeline(workspace, {"one": step(tmp_path / "marks", 1, workers=None)}, files)
    done = workspace.create(pipeline, "one", env=three_gpus)
    assert done.code == 0, done.text
    assert {fact["cuda"] for fact in facts_of(StepLogs(workspace, "one", "one").rows())} == {"0"}
    workspace.assert_nothing_left()

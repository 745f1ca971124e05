"""Whatever is killed: every row exactly once, and nothing left alive (I-1, I-2). tests/chaos kills at random."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from harness import Workspace, wait_for
from oracle import expected_rows, hashing, make_files
from parallel_pipeline import StepLogs, write_pipeline


def kill_one(workspace: Workspace, kind: str) -> bool:
    victims = workspace.of_kind(kind)
    if not victims:
        return False
    try:
        os.kill(victims[0].pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def start(workspace: Workspace, files: Path, gate: Path) -> None:
    """A job that cannot end before the gate is there."""
    pipeline = write_pipeline(workspace, {"hash": hashing(0.004, gate=gate)}, files)
    created = workspace.create(pipeline, "job", stream=False)
    assert created.code == 0, created.text


def check(workspace: Workspace, files: Path) -> None:
    assert StepLogs(workspace, "job", "hash").rows() == expected_rows(files)
    workspace.assert_nothing_left()


@pytest.mark.parametrize("kind", ["leader", "agent", "spawner", "worker"])
def test_the_job_ends_by_itself_after_one_kill(workspace: Workspace, tmp_path: Path, kind: str) -> None:
    files, gate = make_files(tmp_path / "files", 300), tmp_path / "gate"
    start(workspace, files, gate)
    wait_for(lambda: kill_one(workspace, kind), 60, lambda: f"no {kind} seen: {workspace.processes()}")
    gate.touch()
    assert workspace.wait_until_over("job") == "Completed"
    check(workspace, files)


def test_resume_finishes_what_a_killed_supervisor_and_leader_left(workspace: Workspace, tmp_path: Path) -> None:
    files, gate = make_files(tmp_path / "files", 400), tmp_path / "gate"
    start(workspace, files, gate)
    wait_for(lambda: workspace.of_kind("worker"), 60, lambda: "no worker")
    wait_for(lambda: kill_one(workspace, "supervisor"), 60, lambda: "no supervisor")
    wait_for(lambda: kill_one(workspace, "leader"), 60, lambda: "no leader")
    wait_for(lambda: workspace.status("job") == "NotResponding", 60, lambda: workspace.status("job"))
    gate.touch()
    done = workspace.run("job", "resume", "-n", "job", "--stream")
    assert done.code == 0, done.text
    check(workspace, files)

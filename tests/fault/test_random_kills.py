"""Whatever is killed, whenever: every row exactly once, and nothing left alive (I-1, I-2)."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest
from harness import TERMINAL, Workspace, kind_of, wait_for
from oracle import PIPELINE, SCRIPT, expected_rows, make_files

MINI_BATCHES = 2200
SEEDS = [int(seed) for seed in os.environ.get("BATCHMILL_KILL_SEEDS", "1,2").split(",")]
KILLS_PER_RUN = 30


def kill_one(workspace: Workspace, kind: str, rng: random.Random) -> bool:
    everyone = workspace.processes()
    victims = [p for p in everyone if kind_of(p, everyone) == kind]
    if not victims:
        return False
    try:
        os.kill(rng.choice(victims).pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("seed", SEEDS)
def test_rows_survive_random_kills(workspace: Workspace, tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    print(f"seed {seed}")
    files = tmp_path / "files"
    make_files(files, MINI_BATCHES)
    # A crash charges the attempt that ran; with this many kills a mini-batch may be hit repeatedly.
    code = workspace.script(SCRIPT.format(delay=0.004))
    pipeline = workspace.pipeline(PIPELINE.format(files=files, code=code, size=1, retries=50))
    assert workspace.create(pipeline, "kills", stream=False).code == 0

    killed: dict[str, int] = {}
    deadline = time.monotonic() + 240
    while sum(killed.values()) < KILLS_PER_RUN and time.monotonic() < deadline:
        time.sleep(rng.uniform(0.02, 0.25))
        status = workspace.status("kills")
        if status in TERMINAL:
            break
        if status == "NotResponding":
            assert workspace.run("job", "resume", "-n", "kills").code == 0
            continue
        kind = rng.choice(["worker", "worker", "agent", "spawner", "leader", "supervisor"])
        if kill_one(workspace, kind, rng):
            killed[kind] = killed.get(kind, 0) + 1
    print(f"killed {killed}")
    assert sum(killed.values()) >= KILLS_PER_RUN, f"the job ended after {killed}"

    def over() -> bool:
        status = workspace.status("kills")
        if status == "NotResponding":
            workspace.run("job", "resume", "-n", "kills")
        return status in TERMINAL

    wait_for(over, 180, lambda: f"{workspace.status('kills')}: {workspace.processes()}")
    assert workspace.status("kills") == "Completed"
    rows = (workspace.output("kills", "hash", "rows") / "rows").read_text().splitlines()
    assert rows == expected_rows(files)
    workspace.assert_nothing_left()


@pytest.mark.parametrize("kind", ["leader", "agent", "spawner", "worker"])
def test_the_job_ends_by_itself_after_one_kill(workspace: Workspace, tmp_path: Path, kind: str) -> None:
    files = tmp_path / "files"
    make_files(files, 300)
    code = workspace.script(SCRIPT.format(delay=0.004))
    pipeline = workspace.pipeline(PIPELINE.format(files=files, code=code, size=1, retries=2))
    assert workspace.create(pipeline, "one", stream=False).code == 0
    rng = random.Random(0)
    wait_for(lambda: kill_one(workspace, kind, rng), 30, lambda: f"no {kind} seen: {workspace.processes()}")
    assert workspace.wait_until_over("one") == "Completed"
    assert (workspace.output("one", "hash", "rows") / "rows").read_text().splitlines() == expected_rows(files)
    workspace.assert_nothing_left()


def test_resume_finishes_what_a_killed_supervisor_and_leader_left(workspace: Workspace, tmp_path: Path) -> None:
    files = tmp_path / "files"
    make_files(files, 400)
    code = workspace.script(SCRIPT.format(delay=0.004))
    pipeline = workspace.pipeline(PIPELINE.format(files=files, code=code, size=1, retries=2))
    assert workspace.create(pipeline, "orphan", stream=False).code == 0
    rng = random.Random(0)
    wait_for(lambda: any(kind_of(p, []) == "worker" for p in workspace.processes()), 30, lambda: "no worker")
    wait_for(lambda: kill_one(workspace, "supervisor", rng), 30, lambda: "no supervisor")
    wait_for(lambda: kill_one(workspace, "leader", rng), 30, lambda: "no leader")
    wait_for(lambda: workspace.status("orphan") == "NotResponding", 10, lambda: workspace.status("orphan"))
    done = workspace.run("job", "resume", "-n", "orphan", "--stream")
    assert done.code == 0, done.text
    assert (workspace.output("orphan", "hash", "rows") / "rows").read_text().splitlines() == expected_rows(files)
    workspace.assert_nothing_left()

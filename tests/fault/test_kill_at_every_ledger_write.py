"""The leader dies at the first, second, third ... write of the ledger; no row is lost or doubled."""

from __future__ import annotations

from pathlib import Path

from harness import Workspace
from kill_at_write import Killer
from oracle import expected_rows, hashing, make_files
from parallel_pipeline import StepLogs, write_pipeline


def test_every_ledger_write(workspace: Workspace, tmp_path: Path) -> None:
    killer = Killer.build(tmp_path)
    files = make_files(tmp_path / "files", 40)
    expected = expected_rows(files)
    pipeline = write_pipeline(workspace, {"hash": hashing(0.002, mini_batch_size=2)}, files)
    write = 0
    while True:
        write += 1
        mark = tmp_path / f"killed-{write}"
        name = f"write_{write}"
        created = workspace.create(pipeline, name, stream=False, env=killer.environment(write, mark))
        assert created.code == 0, created.text
        assert workspace.wait_until_over(name) == "Completed", f"killed at write {write}"
        assert StepLogs(workspace, name, "hash").rows() == expected, f"killed at write {write}"
        if not mark.exists():
            break
    print(f"the leader was killed at each of {write - 1} writes")
    assert write > 10, "the shim saw too few writes to mean anything"
    workspace.assert_nothing_left()

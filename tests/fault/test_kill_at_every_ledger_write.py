"""The leader dies at the first, second, third ... write of the ledger; no row is lost or doubled."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from harness import Workspace
from oracle import PIPELINE, SCRIPT, expected_rows, make_files

HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    library = tmp_path_factory.mktemp("shim") / "kill_at_write.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(HERE / "kill_at_write.c"), "-ldl"],
                   check=True)
    return library


def test_every_ledger_write(workspace: Workspace, tmp_path: Path, shim: Path) -> None:
    files = tmp_path / "files"
    make_files(files, 40)
    expected = expected_rows(files)
    code = workspace.script(SCRIPT.format(delay=0.002))
    pipeline = workspace.pipeline(PIPELINE.format(files=files, code=code, size=2, retries=2))
    write = 0
    while True:
        write += 1
        mark = tmp_path / f"killed-{write}"
        name = f"write_{write}"
        environment = {"LD_PRELOAD": str(shim), "KILL_AT_WRITE": str(write), "KILL_MARK": str(mark)}
        created = workspace.create(pipeline, name, stream=False, env=environment)
        assert created.code == 0, created.text
        assert workspace.wait_until_over(name) == "Completed", f"killed at write {write}"
        rows = (workspace.output(name, "hash", "rows") / "rows").read_text().splitlines()
        assert rows == expected, f"killed at write {write}"
        if not mark.exists():
            break
    print(f"the leader was killed at each of {write - 1} writes")
    assert write > 10, "the shim saw too few writes to mean anything"
    workspace.assert_nothing_left()

"""Killing a leader at a chosen write of a step's ledger (kill_at_write.c)."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_suffix(".c")


@dataclass
class Killer:
    """A library that is preloaded into leaders."""

    library: Path

    @classmethod
    def build(cls, folder: Path) -> Killer:
        library = folder / "kill_at_write.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(SOURCE), "-ldl"], check=True)
        return cls(library)

    def environment(self, write: int, mark: Path) -> dict[str, str]:
        """Of a job whose leader dies at this write, counted from 1; `mark` appears when it does."""
        return {"LD_PRELOAD": str(self.library), "KILL_AT_WRITE": str(write), "KILL_MARK": str(mark)}

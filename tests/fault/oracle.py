"""A step that hashes files, and what its rows must be, made without Batchmill."""

from __future__ import annotations

import hashlib
from pathlib import Path

from parallel_pipeline import Step

SCRIPT = """
    import hashlib, os, time

    GATE = {gate!r}

    def init():
        pass

    def run(mini_batch):
        rows = []
        for path in mini_batch:
            while GATE and path.endswith({gated!r}) and not os.path.exists(GATE):
                time.sleep(0.01)
            with open(path, "rb") as file:
                rows.append(os.path.basename(path) + " " + hashlib.sha256(file.read()).hexdigest())
        time.sleep({delay})
        return rows
"""
GATED = "item-00020.txt"


def hashing(delay: float, mini_batch_size: int = 1, gate: Path | None = None) -> Step:
    """Two workers; with a gate the step cannot end before that file exists."""
    return Step(SCRIPT.format(delay=delay, gate=str(gate or ""), gated=GATED), retry={"max_retries": 2, "timeout": 120},
                keys={"mini_batch_size": mini_batch_size, "max_concurrency_per_instance": 2})


def make_files(folder: Path, count: int) -> Path:
    """`count` small files with different content."""
    for index in range(count):
        path = folder / f"{index % 7}" / f"item-{index:05d}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"content of {index}\n")
    return folder


def expected_rows(folder: Path) -> list[str]:
    """One row per file, in byte order of the relative path."""
    files = sorted(folder.rglob("*.txt"), key=lambda p: str(p.relative_to(folder)).encode())
    return [f"{p.name} {hashlib.sha256(p.read_bytes()).hexdigest()}" for p in files]

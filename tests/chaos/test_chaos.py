"""The short form of make chaos: a dozen jobs under fire; every row exactly once in every one of them."""

from __future__ import annotations

import os
from pathlib import Path

from chaos import killed_of, run_many, wrong_of

FIRST = int(os.environ.get("BATCHMILL_CHAOS_SEED", "1"))
JOBS = int(os.environ.get("BATCHMILL_CHAOS_JOBS", "12"))


def test_every_row_exactly_once_whatever_is_killed(tmp_path: Path) -> None:
    lines: list[str] = []
    outcomes = run_many(range(FIRST, FIRST + JOBS), 3, tmp_path, lines.append)
    print("\n".join(lines))
    assert wrong_of(outcomes) == 0, "\n".join(lines)
    for kind in ("worker", "agent", "leader"):
        assert killed_of(outcomes)[kind] > 0, f"no {kind} was killed: that says nothing"

"""Fixtures of the tests with real processes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """A fresh workspace; whatever is alive at the end is ended, and its being alive is a failure."""
    space = Workspace(tmp_path)
    yield space
    alive = space.processes()
    space.kill_everything()
    assert not alive, f"left behind: {alive}"

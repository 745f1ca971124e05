from __future__ import annotations

import sys
from pathlib import Path
from typing import Iterator

import pytest

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

from fake_agent import FakeAgent, write_file_manifest  # noqa: E402


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[FakeAgent]:
    """A fake agent over 100 files ``f000`` ... of one mini-batch each; no worker yet."""
    with FakeAgent(tmp_path) as fake:
        names = [b"f%03d" % number for number in range(100)]
        write_file_manifest(fake.manifest, names)
        yield fake

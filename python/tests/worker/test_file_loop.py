"""Mini-batches of files, from lease to ring entry and spool."""

from __future__ import annotations

import os
import time

from batchmill.worker import board
from fake_agent import UNLIMITED, FakeAgent, write_file_manifest

ECHO = """
import os
def init(): pass
def run(mini_batch): return [os.path.basename(path) for path in mini_batch]
"""


def test_rows_of_leased_mini_batches_land_in_ring_and_spool(agent: FakeAgent) -> None:
    assert agent.start(ECHO)["type"] == "ready"
    before = time.time_ns() // 1000
    results = agent.run((0, 3), (50, 2))
    assert [result.ticket for result in results] == [1, 2, 3, 4, 5]
    assert [result.data for result in results] == [
        b"f000\n",
        b"f001\n",
        b"f002\n",
        b"f050\n",
        b"f051\n",
    ]
    for result in results:
        assert (result.status, result.has_error) == (board.RUN_DONE, 0)
        assert (result.total, result.succeeded, result.rows) == (1, 1, 1)
        assert abs(result.started_us - before) < 60_000_000
        assert result.elapsed_us >= result.run_us
        assert result.peak_rss_kib > 1000
    assert agent.words[board.STARTED] == 5
    assert agent.words[board.RUNNING] == agent.words[board.LOADING] == 0
    assert agent.shut_down()["shutdown_error"] is None

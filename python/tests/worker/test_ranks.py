"""Mini-batches without input: "run N workers" (parallel-job.md 2.3, --rank_mini_batch_count)."""

from __future__ import annotations

import pytest

from batchmill.worker import board
from fake_agent import FakeAgent, write_rank_manifest


@pytest.mark.parametrize(
    "script",
    [
        "def run(b): return [f'{b.task_id} {list(b)}', b.minibatch_index]",
        "def run(b, context): return [f'{context.task_id} {list(b)}', context.minibatch_index]",
    ],
)
def test_run_gets_an_empty_list_with_a_number(agent: FakeAgent, script: str) -> None:
    write_rank_manifest(agent.manifest, 8)
    agent.start("def init(): pass\n" + script, kind="ranks")
    results = agent.run((0, 2), (6, 2))
    assert [(r.status, r.total, r.succeeded, r.rows) for r in results] == [(0, 0, 2, 2)] * 4
    assert results[3].data == b"7 []\n7\n"
    agent.shut_down()
    assert agent.all_notices() == []  # there is no such thing as more results than items


def test_the_context_of_a_rank(agent: FakeAgent) -> None:
    write_rank_manifest(agent.manifest, 3)
    agent.start(
        """
def run(b, c):
    return [c.global_row_index_lower_bound, c.dataset.paths, c.partition_key_value, c.attempt]
""",
        kind="ranks",
    )
    assert agent.run((2, 1))[0].data == b"0\n[]\nNone\n1\n"


def test_an_empty_result_of_a_rank_is_a_success(agent: FakeAgent) -> None:
    write_rank_manifest(agent.manifest, 3)
    agent.start("def run(b): return []", kind="ranks")
    result = agent.run((0, 1))[0]
    assert (result.status, result.total, result.rows) == (board.RUN_DONE, 0, 0)

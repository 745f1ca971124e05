"""Mini-batches of files, from lease to ring entry and spool."""

from __future__ import annotations

import os
import time

from batchmill.worker import board
from fake_agent import FakeAgent, write_file_manifest

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
    rows = [result.data for result in results]
    assert rows == [b"f000\n", b"f001\n", b"f002\n", b"f050\n", b"f051\n"]
    for result in results:
        assert (result.status, result.has_error) == (board.RUN_DONE, 0)
        assert (result.total, result.succeeded, result.rows) == (1, 1, 1)
        assert abs(result.started_us - before) < 60_000_000
        assert result.elapsed_us >= result.run_us
        assert result.peak_rss_kib > 1000
    assert agent.words[board.STARTED] == 5
    assert agent.words[board.RUNNING] == agent.words[board.LOADING] == 0
    assert agent.shut_down()["shutdown_error"] is None


def test_the_last_mini_batch_of_the_plan_may_be_short(agent: FakeAgent) -> None:
    write_file_manifest(agent.manifest, [b"a", b"b/c", b"d", b"e", b"f"], per_mini_batch=2)
    agent.start(ECHO)
    results = agent.run((0, 3))
    assert [result.data for result in results] == [b"a\nc\n", b"d\ne\n", b"f\n"]
    assert [result.total for result in results] == [2, 2, 1]


def test_paths_are_absolute_and_survive_any_bytes(agent: FakeAgent) -> None:
    names = ["häuser/grün.png".encode(), b"latin-\xe9\xff.png", "雪 .png".encode()]
    write_file_manifest(agent.manifest, names)
    agent.start("def run(mini_batch): return [mini_batch[0]]")
    root = os.fsencode(str(agent.inputs))
    assert [r.data for r in agent.run((0, 3))] == [root + b"/" + n + b"\n" for n in names]


def test_records_that_were_planned_after_the_start_are_found(agent: FakeAgent) -> None:
    write_file_manifest(agent.manifest, [b"a", b"b"])
    agent.start(ECHO)
    assert [r.data for r in agent.run((0, 2))] == [b"a\n", b"b\n"]
    write_file_manifest(agent.manifest, [b"a", b"b", b"new", b"newer"])
    assert [r.data for r in agent.run((2, 2))] == [b"new\n", b"newer\n"]


def test_the_mini_batch_is_a_list_that_knows_its_id(agent: FakeAgent) -> None:
    agent.start(
        """
def run(mini_batch):
    return [isinstance(mini_batch, list), str(mini_batch.task_id), mini_batch.minibatch_index]
"""
    )
    assert agent.run((42, 1))[0].data == b"True\n42\n42\n"


def test_the_context_tells_about_the_mini_batch(agent: FakeAgent) -> None:
    write_file_manifest(agent.manifest, [b"%d" % n for n in range(12)], per_mini_batch=5)
    agent.start(
        """
def run(mini_batch, context):
    return [context.minibatch_index, context.task_id, context.attempt, context.input_name,
            context.partition_key_value, context.global_row_index_lower_bound,
            context.dataset.paths == mini_batch, {context.minibatch_index: 1}]
"""
    )
    rows = agent.run((2, 1), attempt=3)[0].data
    assert rows.decode().split("\n") == [
        "2",
        "2",
        "3",
        "images",
        "None",
        "10",
        "True",
        "{2: 1}",
        "",
    ]


def test_times_are_those_of_the_run(agent: FakeAgent) -> None:
    agent.start(
        """
import time
def run(mini_batch):
    number = int(mini_batch[0][-3:])
    if number == 1: time.sleep(0.05)
    if number == 2:
        end = time.process_time() + 0.05
        while time.process_time() < end: pass
    return [number]
"""
    )
    _, sleeping, computing = agent.run((0, 3))
    assert sleeping.run_us >= 50_000 and sleeping.elapsed_us >= sleeping.run_us
    assert sleeping.cpu_us < 40_000
    assert computing.run_us >= 49_000 and computing.cpu_us >= 40_000


def test_peak_memory_is_that_of_the_process(agent: FakeAgent) -> None:
    agent.start("def run(mini_batch): return [len(b'x' * 200_000_000)]")
    assert agent.run((0, 1))[0].peak_rss_kib > 150_000


def test_more_results_than_ring_entries_wait_for_the_agent(agent: FakeAgent) -> None:
    write_file_manifest(agent.manifest, [b"%d" % n for n in range(3000)])
    agent.start(ECHO)
    agent.lease((0, 3000))
    agent.until(lambda: agent.published() == board.RING_ENTRIES)
    agent.pump(0.05)
    assert agent.published() == board.RING_ENTRIES
    rows = [result.data for result in agent.take_results(3000)]
    assert rows == [b"%d\n" % number for number in range(3000)]


def test_quick_results_do_not_wait_for_a_slow_run_behind_them(agent: FakeAgent) -> None:
    agent.start(
        """
import os, time
def run(mini_batch):
    number = int(mini_batch[0][-3:])
    while number == 20 and not os.path.exists("go"): time.sleep(0.001)
    return [number]
"""
    )
    agent.lease((0, 90))
    agent.until(lambda: agent.published() == 20)  # not a multiple of anything: all that ended
    assert agent.words[board.RUNNING] == 21
    (agent.code / "go").touch()
    rows = [result.data for result in agent.take_results(90)]
    assert rows == [b"%d\n" % number for number in range(90)]


def test_the_agent_is_woken_when_the_queue_is_empty_and_when_it_asks(agent: FakeAgent) -> None:
    agent.words[board.WAKE_WANTED] = 0
    agent.start(ECHO)
    agent.lease((0, 1))
    agent.until(lambda: agent.wake_ups == 1)
    assert agent.published() == 1
    agent.words[board.WAKE_WANTED] = 1
    agent.lease((1, 50))
    agent.until(lambda: agent.published() == 51 and agent.wake_ups >= 3)


def test_without_append_rows_are_counted_only(agent: FakeAgent) -> None:
    agent.start("def run(mini_batch): return ['a', 'b']", append=None)
    result = agent.run((0, 1))[0]
    assert (result.rows, result.succeeded, result.length) == (2, 2, 0)
    assert not agent.spool_path.exists()


def test_rows_of_ten_megabytes_pass_through(agent: FakeAgent) -> None:
    agent.start("def run(mini_batch): return [mini_batch[0][-3:] * 3_500_000, 'ü']")
    for number, result in enumerate(agent.run((0, 4))):
        assert result.data == b"%03d" % number * 3_500_000 + "\nü\n".encode()


def test_thousands_of_mini_batches_keep_their_order_and_place(agent: FakeAgent) -> None:
    write_file_manifest(agent.manifest, [b"%d" % n for n in range(20_000)])
    agent.start("def run(b): return [b[0].rsplit('/')[-1] + 'x' * (b.task_id % 97)]")
    sent = 0
    rows = []
    while len(rows) < 20_000:
        while sent < 20_000 and sent - len(rows) < 256:
            agent.lease((sent, 64 if sent + 64 <= 20_000 else 20_000 - sent))
            sent = agent.sent_tickets
        agent.until(lambda: agent.published() > len(rows))
        rows += agent.take_results(agent.published() - len(rows))
    assert [r.data for r in rows] == [b"%d%s\n" % (n, b"x" * (n % 97)) for n in range(20_000)]
    assert agent.spool_path.read_bytes() == b"".join(r.data for r in rows)

"""The streaming contract: enqueue() and its companions instead of run() (parallel-job.md 3.7)."""

from __future__ import annotations

from typing import Any, Dict, List

import pytest

from batchmill.worker import board
from batchmill.worker.contract import STREAMING
from fake_agent import UNLIMITED, FakeAgent, Result, write_file_manifest
from test_dry_run import dry_run
from test_json_lines import lines, rows
from test_parts import SCHEMA, table

# Holds mini-batches until the test lets them go: a file go-<index> with a Python expression, which
# may use `paths` and `context`, or that raises.
GATED = """
import glob, os
held = {}
def init(): pass
def enqueue(mini_batch, context):
    held[context.minibatch_index] = (list(mini_batch), context)
    open(f"has-{context.minibatch_index}-{context.attempt}-{context.first_item}", "w").close()
def get_processing_batch_number(): return len(held)
def get_finished_batch_result():
    found = {}
    for path in glob.glob("go-*"):
        index = int(path[3:])
        if index in held:
            items, context = held.pop(index)
            text = open(path).read()
            os.unlink(path)
            value = {"ret": None, "mini_batch_context": context, "exception": None}
            try:
                value["ret"] = eval(text, {"items": items, "context": context})
            except Exception as error:
                value["exception"] = error
            found[index] = value
    return found
def check_all_tasks_processed(): return not held
def shutdown(): open("was-shut-down", "w").close()
"""

# Does its work on threads, as a client of a remote service would.
THREADED = """
import random, threading, time
lock, waiting, done = threading.Lock(), 0, {}
def work(items, context):
    global waiting
    time.sleep(random.random() * 0.01)
    with lock:
        waiting -= 1
        done[context.minibatch_index] = {
            "ret": [f"{context.minibatch_index} {item}" for item in items],
            "mini_batch_context": context, "exception": None}
def enqueue(mini_batch, context):
    global waiting
    with lock: waiting += 1
    threading.Thread(target=work, args=(list(mini_batch), context)).start()
def get_processing_batch_number(): return waiting
def get_finished_batch_result():
    with lock:
        found = dict(done)
        done.clear()
    return found
def check_all_tasks_processed(): return waiting == 0
"""


def start(
    agent: FakeAgent, script: str = GATED, window: int = 32, timeout: float = 60, **spec: Any
) -> Dict[str, Any]:
    limits = {"window": window, "run_timeout_s": timeout}
    return agent.start(script, streaming=limits, **spec)


def let_go(
    agent: FakeAgent, mini_batch: int, expression: str = "[path[-3:] for path in items]"
) -> None:
    hidden = agent.code / f".go-{mini_batch}"
    hidden.write_text(expression)
    hidden.rename(agent.code / f"go-{mini_batch}")


def enqueued(agent: FakeAgent, mini_batch: int, attempt: int = 1, first_item: int = 0) -> bool:
    return (agent.code / f"has-{mini_batch}-{attempt}-{first_item}").exists()


def test_many_are_in_flight_and_come_back_in_any_order(agent: FakeAgent) -> None:
    assert start(agent)["type"] == "ready"
    agent.lease((0, 5))
    agent.until(lambda: enqueued(agent, 4))
    assert agent.words[board.STARTED] == 5 and agent.words[board.RUNNING] == 0
    results: List[Result] = []
    for mini_batch in (3, 0, 4, 1, 2):
        let_go(agent, mini_batch)
        results += agent.take_results(1)
    assert [(r.ticket, r.status, r.data) for r in results] == [
        (n + 1, board.RUN_DONE, b"%03d\n" % n) for n in (3, 0, 4, 1, 2)
    ]
    assert all((r.total, r.succeeded, r.rows) == (1, 1, 1) for r in results)
    assert all(r.elapsed_us >= r.run_us > 0 for r in results)
    agent.shut_down()
    assert (agent.code / "was-shut-down").exists()


def test_hundreds_through_threads_each_exactly_once(agent: FakeAgent) -> None:
    count = 400
    write_file_manifest(agent.manifest, [b"%d" % n for n in range(2 * count)], per_mini_batch=2)
    start(agent, THREADED, window=16)
    results: List[Result] = []
    while len(results) < count:
        # The leader keeps the window filled.
        room = 16 - (agent.sent_tickets - len(results))
        if room > 0 and agent.sent_tickets < count:
            agent.lease((agent.sent_tickets, min(room, count - agent.sent_tickets)))
        agent.until(lambda: agent.published() > len(results))
        results += agent.take_results(agent.published() - len(results))
    assert sorted(r.ticket for r in results) == list(range(1, count + 1))
    root = str(agent.inputs)
    for r in results:
        k = r.ticket - 1
        assert r.data.decode() == f"{k} {root}/{2 * k}\n{k} {root}/{2 * k + 1}\n"
    assert len({r.offset for r in results}) == count
    agent.shut_down()


def test_the_window_bounds_what_is_in_flight(agent: FakeAgent) -> None:
    start(agent, window=3)
    agent.lease((0, 10))
    agent.until(lambda: enqueued(agent, 2))
    agent.pump(0.1)
    assert agent.words[board.STARTED] == 3 and not enqueued(agent, 3)
    let_go(agent, 1)
    assert agent.take_results(1)[0].ticket == 2
    agent.until(lambda: enqueued(agent, 3))


def test_what_the_script_says_that_it_holds_counts_too(agent: FakeAgent) -> None:
    script = GATED.replace("return len(held)", "return 2 * len(held)")
    start(agent, script, window=4)
    agent.lease((0, 10))
    agent.until(lambda: enqueued(agent, 1))
    agent.pump(0.1)
    assert agent.words[board.STARTED] == 2


def test_new_leases_are_taken_while_others_are_in_flight(agent: FakeAgent) -> None:
    start(agent)
    agent.lease((0, 1))
    agent.until(lambda: enqueued(agent, 0))
    agent.lease((7, 1))
    agent.until(lambda: enqueued(agent, 7))
    let_go(agent, 7)
    assert agent.take_results(1)[0].ticket == 2


def test_an_exception_in_a_result_is_that_of_the_mini_batch(agent: FakeAgent) -> None:
    start(agent)
    agent.lease((0, 3))
    agent.until(lambda: enqueued(agent, 2))
    let_go(agent, 1, "{}['EUR']")
    failed = agent.take_results(1)[0]
    assert (failed.ticket, failed.status, failed.has_error) == (2, board.RUN_EXCEPTION, 1)
    assert (failed.total, failed.succeeded, failed.length) == (1, 0, 0)
    error = agent.errors()[2]
    assert (error["code"], error["type"], error["message"]) == (901, "KeyError", "'EUR'")
    assert error["item"] == "f001"
    assert error["place"]["function"] == "get_finished_batch_result"
    assert "mini-batch 1, try 1: run()\nTraceback" in agent.error_path.read_text()
    let_go(agent, 0)
    assert agent.take_results(1)[0].status == board.RUN_DONE


@pytest.mark.parametrize(
    "body, code, kind, message",
    [
        ("{index: {'ret': None}}", 907, "", "get_finished_batch_result gave no 'ret' for it"),
        ("{index: {'ret': 5}}", 905, "",
         "run returned int, not a list, DataFrame, array, tuple or generator"),
        ("{index: [1]}", 905, "", "get_finished_batch_result gave list for it, not a dict"),
        ("{index: {'ret': [1], 'exception': 'a text'}}", 901, "RuntimeError", "a text"),
        ("None", 905, "", "get_finished_batch_result returned None, not a dict"),
        ("[1]", 905, "", "get_finished_batch_result returned list, not a dict"),
        ("1 / 0", 901, "ZeroDivisionError", "division by zero"),
        ("exit(3)", 912, "SystemExit", "the script ended its process (exit code 3)"),
    ],
)  # fmt: skip
def test_wrong_results_fail_the_attempt(
    agent: FakeAgent, body: str, code: int, kind: str, message: str
) -> None:
    start(
        agent,
        f"""
index = None
def enqueue(mini_batch, context):
    global index
    index = context.minibatch_index
def get_processing_batch_number(): return 0
def get_finished_batch_result(): return {body}
def check_all_tasks_processed(): return True
""",
    )
    for mini_batch in (4, 5):
        result = agent.run((mini_batch, 1))[0]
        assert (result.status, result.has_error) == (board.RUN_EXCEPTION, 1)
        error = agent.errors()[result.ticket]
        assert (error["code"], error["type"], error["message"]) == (code, kind, message)
        assert error["place"] is None or error["place"]["line"] == 7
    agent.shut_down()


def test_enqueue_that_raises_fails_its_mini_batch_alone(agent: FakeAgent) -> None:
    script = GATED.replace(
        "    held[context",
        "    if context.minibatch_index == 1: raise ValueError('full')\n    held[context",
    )
    start(agent, script)
    agent.lease((0, 3))
    failed = agent.take_results(1)[0]
    assert (failed.ticket, failed.status) == (2, board.RUN_EXCEPTION)
    assert agent.errors()[2]["message"] == "full"
    agent.until(lambda: enqueued(agent, 2))
    let_go(agent, 2)
    let_go(agent, 0)
    assert {r.ticket for r in agent.take_results(2)} == {1, 3}


def test_a_mini_batch_that_does_not_come_back_in_time(agent: FakeAgent) -> None:
    start(agent, timeout=3)
    agent.lease((0, 1))
    late = agent.take_results(1)[0]
    assert (late.ticket, late.status, late.has_error) == (1, board.RUN_TIMEOUT, 1)
    assert late.run_us >= 3_000_000
    error = agent.errors()[1]
    assert (error["code"], error["item"]) == (908, "f000")
    assert error["message"] == "still running after 3 s (retry_settings.timeout)"

    # It comes back late: that counts for nothing, and not for the next try of it either.
    agent.lease((0, 1), attempt=2)
    agent.until(lambda: enqueued(agent, 0, attempt=2))
    let_go(agent, 0)
    (second,) = agent.take_results(1)
    assert (second.ticket, second.status) == (2, board.RUN_DONE)
    assert agent.published() == 2


def test_late_results_do_not_become_those_of_the_next_try(agent: FakeAgent) -> None:
    # Both tries are held; the first comes back when the second is in flight.
    start(
        agent,
        """
import os
held = []
def enqueue(mini_batch, context): held.append(context)
def get_processing_batch_number(): return len(held)
def get_finished_batch_result():
    if len(held) < 2 or not os.path.exists(f"go-{len(held)}"): return {}
    context = held.pop(0)
    found = {"mini_batch_context": context, "ret": [f"try {context.attempt}"], "exception": None}
    return {str(context.minibatch_index): found}
def check_all_tasks_processed(): return True
""",
        timeout=0.3,
    )
    agent.lease((0, 1))
    assert agent.take_results(1)[0].status == board.RUN_TIMEOUT
    (agent.code / "go-2").touch()
    agent.lease((0, 1), attempt=2)
    result = agent.take_results(1)[0]
    assert (result.ticket, result.status) == (2, board.RUN_TIMEOUT)
    assert "mini-batch 0, try 1 came back too late" in agent.stdout()


def test_results_that_nobody_asked_for_are_ignored(agent: FakeAgent) -> None:
    start(
        agent,
        """
waiting = []
def enqueue(mini_batch, context): waiting.append(context.minibatch_index)
def get_processing_batch_number(): return len(waiting)
def get_finished_batch_result():
    found = {index: {"ret": [index], "extra": 1} for index in waiting + [99, "x"]}
    return found  # hands the same back again and again
def check_all_tasks_processed(): return True
""",
    )
    results = agent.run((0, 2)) + agent.run((2, 1))
    assert [(r.ticket, r.data) for r in results] == [(1, b"0\n"), (2, b"1\n"), (3, b"2\n")]
    agent.shut_down()
    assert agent.published() == 3
    assert "mini-batch 'x' is not in flight; its result is ignored" in agent.stdout()
    assert "mini-batch 99 is not in flight; its result is ignored" in agent.stdout()
    texts = [notice["text"] for notice in agent.all_notices() if notice["code"] == 0]
    assert texts == [
        "get_finished_batch_result() named mini-batches that are not in flight; they are ignored"
    ]


def test_two_parts_of_one_mini_batch_are_never_in_flight_together(agent: FakeAgent) -> None:
    write_file_manifest(agent.manifest, [b"f%02d" % n for n in range(4)], per_mini_batch=4)
    start(agent)
    agent.lease_part(0, 0, 2)
    agent.lease_part(0, 2, 2)
    agent.until(lambda: enqueued(agent, 0))
    agent.pump(0.1)
    assert not enqueued(agent, 0, first_item=2)
    let_go(agent, 0)
    assert agent.take_results(1)[0].data == b"f00\nf01\n"
    agent.until(lambda: enqueued(agent, 0, first_item=2))
    let_go(agent, 0)
    assert agent.take_results(1)[0].data == b"f02\nf03\n"


def test_while_enqueue_runs_the_board_names_its_ticket(agent: FakeAgent) -> None:
    script = GATED.replace(
        "    held[context",
        """    import time
    while not os.path.exists("enqueue"): time.sleep(0.001)
    held[context""",
    )
    start(agent, script)
    agent.lease((3, 2))
    agent.until(lambda: agent.words[board.RUNNING] == 1)
    assert agent.words[board.RUNNING_START] > 0 and agent.words[board.STARTED] == 1
    (agent.code / "enqueue").touch()
    agent.until(lambda: enqueued(agent, 4) and agent.words[board.RUNNING] == 0)


def test_leases_that_have_not_started_can_be_taken_back(agent: FakeAgent) -> None:
    start(agent, window=2)
    agent.lease((0, 6))
    agent.until(lambda: enqueued(agent, 1))
    agent.words[board.TICKET_LIMIT] = 2
    agent.until(lambda: agent.words[board.REFUSED] == 6)
    let_go(agent, 0)
    let_go(agent, 1)
    assert sorted(r.ticket for r in agent.take_results(2)) == [1, 2]
    agent.words[board.TICKET_LIMIT] = UNLIMITED
    agent.lease((5, 1))
    agent.until(lambda: enqueued(agent, 5))
    let_go(agent, 5)
    assert agent.take_results(1)[0].ticket == 7


def test_shutdown_waits_for_what_is_in_flight(agent: FakeAgent) -> None:
    start(agent, window=2)
    agent.lease((0, 5))
    agent.until(lambda: enqueued(agent, 1))
    agent.send({"type": "shutdown"})
    agent.pump(0.1)
    assert not (agent.code / "was-shut-down").exists()
    let_go(agent, 0)
    let_go(agent, 1)
    agent.until(lambda: any(message["type"] == "bye" for message in agent.messages))
    assert agent.exit_code() == 0
    assert sorted(r.ticket for r in agent.take_results(2)) == [1, 2]
    assert agent.published() == 2


def test_shutdown_waits_no_longer_than_the_timeout(agent: FakeAgent) -> None:
    script = GATED.replace("return not held", "return True")
    start(agent, script, timeout=0.3)
    agent.lease((0, 1))
    agent.until(lambda: enqueued(agent, 0))
    agent.shut_down()
    assert agent.take_results(1)[0].status == board.RUN_TIMEOUT


def test_a_table(agent: FakeAgent) -> None:
    table(agent, b"1,a\n2,b\n")
    script = GATED.replace("list(mini_batch)", "mini_batch")
    assert start(agent, script, kind="table", schema=SCHEMA)["type"] == "ready"
    agent.lease((0, 2))
    agent.until(lambda: enqueued(agent, 1))
    let_go(agent, 1, "items[['zone']]")
    result = agent.take_results(1)[0]
    assert (result.ticket, result.total, result.data) == (2, 2, b"a\nb\n")


def test_json_lines_and_loads_that_fail(agent: FakeAgent) -> None:
    rows(agent, (lines({"a": 1}, {"a": 2}) + b"bad\n" + lines({"a": 4}), 4), per_mini_batch=2)
    assert start(agent, THREADED, kind="jsonl")["type"] == "ready"
    results = {r.ticket: r for r in agent.run((0, 2))}
    assert results[1].data == b"0 {'a': 1}\n0 {'a': 2}\n"
    assert (results[2].status, results[2].total) == (board.LOAD_EXCEPTION, 2)
    assert agent.errors()[2]["item"] == "0.jsonl:3"


def test_cpu_time_is_shared_and_not_counted_twice(agent: FakeAgent) -> None:
    start(
        agent,
        """
import time
waiting = []
def enqueue(mini_batch, context):
    end = time.process_time() + 0.05
    while time.process_time() < end: pass
    waiting.append(context.minibatch_index)
def get_processing_batch_number(): return len(waiting)
def get_finished_batch_result():
    if len(waiting) < 4: return {}
    found = {index: {"ret": [index]} for index in waiting}
    waiting.clear()
    return found
def check_all_tasks_processed(): return True
""",
    )
    results = agent.run((0, 4))
    assert 150_000 < sum(r.cpu_us for r in results) < 2_000_000
    assert max(r.cpu_us for r in results) < 0.6 * sum(r.cpu_us for r in results)


@pytest.mark.parametrize(
    "script, message, help_text",
    [
        (
            "def init(): pass\ndef run(b): return b",
            "score.py has no functions enqueue, get_processing_batch_number, "
            "get_finished_batch_result, check_all_tasks_processed",
            "it defines: init, run",
        ),
        (
            THREADED.replace("def get_finished_batch_result", "def get_finished_batch_results"),
            "score.py has no function get_finished_batch_result",
            "it defines: work, enqueue, get_processing_batch_number, get_finished_batch_results, "
            "check_all_tasks_processed\n"
            "rename 'get_finished_batch_results' to 'get_finished_batch_result'",
        ),
    ],
    ids=["run", "misspelt"],
)
def test_a_script_that_lacks_functions(
    agent: FakeAgent, script: str, message: str, help_text: str
) -> None:
    answer = start(agent, script)
    assert (answer["type"], answer["kind"], answer["error"]["code"]) == (
        "init_failed",
        "no_run",
        904,
    )
    assert answer["error"]["message"] == message
    needed = f"the streaming contract (--amlbi_async_mode) needs {', '.join(STREAMING)}"
    assert answer["error"]["detail"] == f"{help_text}\n{needed}"


def test_run_is_not_needed_and_not_called(agent: FakeAgent) -> None:
    start(agent, THREADED + "\ndef run(b): raise AssertionError\n")
    assert agent.run((0, 1))[0].status == board.RUN_DONE


def test_a_dry_run_of_the_streaming_contract(agent: FakeAgent) -> None:
    limits = {"window": 2, "run_timeout_s": 60}
    dry = dry_run(agent, THREADED, 3, streaming=limits)
    assert dry.code == 0, dry.err
    assert dry.out.splitlines()[-1] == f"  3 {agent.inputs}/f003"
    failing = THREADED.replace('"exception": None', '"exception": ValueError("no")')
    dry = dry_run(agent, failing, 3, streaming=limits)
    assert (dry.code, dry.summary["error"]["message"]) == (1, "no")

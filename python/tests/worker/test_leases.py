"""Taking leases back, ending, and dying."""

from __future__ import annotations

import os
import signal

from batchmill.worker import board
from fake_agent import UNLIMITED, FakeAgent

# Waits in mini-batch n until the file go-n exists.
GATED = """
import os, time
def run(mini_batch):
    number = int(mini_batch[0][-3:])
    if number < 3:
        while not os.path.exists(f"go-{number}"): time.sleep(0.001)
    return [number]
def shutdown(): open("was-shut-down", "w").close()
"""


def test_a_lowered_limit_takes_back_what_has_not_started(agent: FakeAgent) -> None:
    agent.start(GATED)
    agent.lease((0, 10))
    agent.until(lambda: agent.words[board.RUNNING] == 1)
    agent.words[board.TICKET_LIMIT] = 2
    (agent.code / "go-0").touch()
    (agent.code / "go-1").touch()
    agent.until(lambda: agent.words[board.REFUSED] == 10)
    assert [result.ticket for result in agent.take_results(2)] == [1, 2]
    assert agent.words[board.STARTED] == 2

    agent.words[board.TICKET_LIMIT] = UNLIMITED
    results = agent.run((50, 2))
    assert [(r.ticket, r.data) for r in results] == [(11, b"50\n"), (12, b"51\n")]


def test_a_limit_of_nothing_refuses_everything_at_once(agent: FakeAgent) -> None:
    agent.start(GATED)
    agent.words[board.TICKET_LIMIT] = 0
    agent.lease((0, 3), (7, 4))
    agent.until(lambda: agent.words[board.REFUSED] == 7)
    assert agent.published() == 0 and agent.words[board.STARTED] == 0


def test_shutdown_ends_what_runs_and_starts_nothing_more(agent: FakeAgent) -> None:
    agent.start(GATED)
    agent.lease((0, 90))
    agent.until(lambda: agent.words[board.RUNNING] == 1)
    agent.send({"type": "shutdown"})
    (agent.code / "go-0").touch()
    agent.until(lambda: bool(agent.messages))
    assert agent.next_message() == {"type": "bye", "shutdown_error": None}
    assert agent.exit_code() == 0
    assert [result.ticket for result in agent.take_results(1)] == [1]
    assert agent.published() == 1
    assert (agent.code / "was-shut-down").exists()


def test_an_exception_in_shutdown_is_reported(agent: FakeAgent) -> None:
    agent.start("def run(b): return b\ndef Shutdown(): raise OSError('no goodbye')")
    error = agent.shut_down()["shutdown_error"]
    assert (error["type"], error["message"]) == ("OSError", "no goodbye")
    assert error["place"] == {"file": "score.py", "line": 2, "function": "Shutdown"}


def test_a_crash_leaves_who_is_to_blame_and_what_was_finished(agent: FakeAgent) -> None:
    agent.start(
        """
import os, signal
def run(mini_batch):
    if mini_batch[0].endswith("040"): os.kill(os.getpid(), signal.SIGKILL)
    return [mini_batch[0][-3:]]
"""
    )
    agent.lease((0, 90))
    assert agent.exit_code() == -signal.SIGKILL
    assert agent.words[board.RUNNING] == 41
    assert agent.words[board.RUNNING_START] > 0
    finished = agent.published()
    assert finished <= 40
    rows = [result.data for result in agent.take_results(finished)]
    assert rows == [b"%03d\n" % number for number in range(finished)]


def test_os_exit_in_run_is_a_crash_of_that_mini_batch(agent: FakeAgent) -> None:
    agent.start("import os\ndef run(mini_batch): os._exit(3)")
    agent.lease((5, 2))
    assert agent.exit_code() == 3
    assert agent.words[board.RUNNING] == 1 and agent.published() == 0


def test_the_worker_ends_with_its_agent(agent: FakeAgent) -> None:
    agent.start(GATED)
    agent._socket.close()
    assert agent.exit_code() == 1


def test_the_worker_notices_a_lost_agent_after_the_present_mini_batch(agent: FakeAgent) -> None:
    agent.start(GATED)
    agent.lease((0, 2))
    agent.until(lambda: agent.words[board.RUNNING] == 1)
    agent._socket.close()
    (agent.code / "go-0").touch()
    assert agent.exit_code() == 1
    assert agent.published() == 1


def test_stacks_are_dumped_on_request(agent: FakeAgent) -> None:
    agent.start(GATED)
    agent.lease((0, 1))
    agent.until(lambda: agent.words[board.RUNNING] == 1)
    os.kill(agent.pid, signal.SIGUSR1)
    agent.until(lambda: "in run" in agent.stderr())
    assert f'File "{agent.code}/score.py", line 6 in run' in agent.stderr()
    (agent.code / "go-0").touch()
    assert agent.take_results(1)[0].status == board.RUN_DONE

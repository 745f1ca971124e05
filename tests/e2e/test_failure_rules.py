"""The failure rules of parallel-job.md 5 with real processes, a step per rule.

What tests/e2e/test_scripts.py and test_bad_input.py already show is not repeated: single bad mini-batches,
the thresholds at their limits, scripts that cannot be imported, rule 1 of init() with one worker.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import Workspace, wait_for
from parallel_pipeline import Step, StepLogs, make_files, open_workspace, write_pipeline

FILES = 6
NAMES = [f"item-{index}.txt" for index in range(FILES)]
TWO_WORKERS = {"max_concurrency_per_instance": 2}

# Every worker says in a file beside the script that its shutdown() was called.
SAYS_SHUTDOWN = """
        def shutdown():
            open(f"shutdown-{NAME}-{os.getpid()}", "w").close()
"""

STEPS = {
    # 5.2: the kill comes at `timeout`, and the next processNNN goes on.
    "timeout_replaces": Step("""
        import os, time
        def init(): pass
        def run(mini_batch):
            if mini_batch[0].endswith("item-2.txt"):
                time.sleep(600)
            return [os.path.basename(p) for p in mini_batch]
    """, retry={"max_retries": 1, "timeout": 3}),
    # 5.2: retries are of the whole mini-batch, successes in it are done again.
    "whole_again": Step("""
        import os
        def init(): pass
        def run(mini_batch, mini_batch_context):
            for path in mini_batch:
                with open("done-" + os.path.basename(path), "a") as file:
                    file.write("x")
                if path.endswith("item-3.txt") and os.path.getsize("done-item-3.txt") == 1:
                    raise ValueError("the second item fails once")
            return [os.path.basename(p) for p in mini_batch]
    """, retry={"max_retries": 1}),
    # 5.2: a process that dies costs its mini-batch a try, and what it had only queued nothing.
    "crash_charges_one": Step("""
        import os
        def init(): pass
        def run(mini_batch):
            if mini_batch[0].endswith("item-0.txt"):
                os._exit(1)
            return [os.path.basename(p) for p in mini_batch]
    """, retry={"max_retries": 2}),
    # 5.3 rule 1, the argument.
    "short_by_argument": Step("""
        def init(): pass
        def run(mini_batch):
            return ["row"] if mini_batch[0].endswith("item-0.txt") else []
    """, arguments="--error_threshold -1", retry={"max_retries": 1}),
    # 5.3 rule 2: only rows of the last short return are kept.
    "short_rows_of_the_last": Step("""
        TRIED = {}
        def init(): pass
        def run(mini_batch, mini_batch_context):
            index = mini_batch_context.minibatch_index
            TRIED[index] = TRIED.get(index, 0) + 1
            return [f"{index} try {TRIED[index]}"]
    """, retry={"max_retries": 2}),
    # 5.4: a mini-batch that only waits for its retry is not counted.
    "retry_is_no_failure": Step("""
        import os
        TRIED = set()
        def init(): pass
        def run(mini_batch, mini_batch_context):
            if mini_batch_context.minibatch_index not in TRIED:
                TRIED.add(mini_batch_context.minibatch_index)
                raise ValueError("not at the first try")
            return [os.path.basename(p) for p in mini_batch]
    """, keys={"mini_batch_error_threshold": 0, "error_threshold": 0}, arguments="--allowed_failed_percent 0",
         retry={"max_retries": 1}),
    # 5.4: items of a last short return count as inputs - returned.
    "short_items": Step("""
        def init(): pass
        def run(mini_batch):
            return ["one of two"]
    """, keys={"error_threshold": 3}, retry={"max_retries": 0}),
    "short_items_over": Step("""
        def init(): pass
        def run(mini_batch):
            return ["one of two"]
    """, keys={"error_threshold": 2}, retry={"max_retries": 0}),
    # 5.6, rule 1 with two workers.
    "init_fails": Step("""
        def init():
            raise ValueError("no model here")
        def run(mini_batch):
            return mini_batch
    """, keys=TWO_WORKERS),
    # 5.6: after one good init() a worker that dies is always replaced.
    "always_replaced": Step("""
        import os
        def init(): pass
        def run(mini_batch):
            os._exit(1)
    """, retry={"max_retries": 5}),
    # 5.8: shutdown() on completion and on abort, never after a crash.
    "shutdown_completed": Step("""
        import os
        NAME = "completed"
        def init(): pass
        def run(mini_batch):
            return [os.path.basename(p) for p in mini_batch]
    """ + SAYS_SHUTDOWN),
    "shutdown_crashed": Step("""
        import os
        NAME = "crashed"
        def init(): pass
        def run(mini_batch):
            if mini_batch[0].endswith("item-4.txt"):
                os.kill(os.getpid(), 9)
            return [os.path.basename(p) for p in mini_batch]
    """ + SAYS_SHUTDOWN),
    # 5.9: rows that a failed attempt had already returned are not appended.
    "rows_of_failures": Step("""
        import os
        TRIED = set()
        def init(): pass
        def run(mini_batch, mini_batch_context):
            for position, path in enumerate(mini_batch):
                yield os.path.basename(path)
                if position == 0 and mini_batch_context.minibatch_index not in TRIED:
                    TRIED.add(mini_batch_context.minibatch_index)
                    raise ValueError("after the first row")
    """, retry={"max_retries": 1}),
}

# Steps that wait for something have a job each, with all cores of this machine for itself.
ALONE = {
    # 5.5
    "first_task": Step("""
        import time
        def init():
            time.sleep(600)
        def run(mini_batch):
            return mini_batch
    """, arguments="--first_task_creation_timeout 2"),
    "no_progress": Step("""
        import time
        def init(): pass
        def run(mini_batch):
            time.sleep(600)
    """, arguments="--progress_update_timeout 2", retry={"max_retries": 0, "timeout": 600}),
    # 5.8, abort: what runs may end within ten seconds and counts; nothing else is handed out.
    "abort_lets_end": Step("""
        import os, time
        NAME = "aborted"
        def init(): pass
        def run(mini_batch):
            if mini_batch[0].endswith("item-0.txt"):
                while not os.path.exists("second-runs"):
                    time.sleep(0.02)
                raise ValueError("exceeds the threshold")
            open("second-runs", "w").close()
            time.sleep(3)
            return [os.path.basename(p) for p in mini_batch]
    """ + SAYS_SHUTDOWN, keys={**TWO_WORKERS, "mini_batch_size": 1, "mini_batch_error_threshold": 0}),
    "abort_kills": Step("""
        import os, time
        def init(): pass
        def run(mini_batch):
            if mini_batch[0].endswith("item-0.txt"):
                while not os.path.exists("long-one-runs"):
                    time.sleep(0.02)
                raise ValueError("exceeds the threshold")
            open("long-one-runs", "w").close()
            time.sleep(600)
    """, keys={**TWO_WORKERS, "mini_batch_size": 1, "mini_batch_error_threshold": 0}, retry={"max_retries": 0, "timeout": 600}),
}
JOBS = {"rules": STEPS, **{name: {name: step} for name, step in ALONE.items()}}


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    yield from open_workspace(tmp_path_factory.mktemp("rules"))


@pytest.fixture(scope="module")
def files(space: Workspace) -> Path:
    return make_files(space.scratch / "files", FILES)


def start(space: Workspace, name: str, steps: dict[str, Step], files: Path) -> None:
    file = write_pipeline(space, steps, files, f"{name}.yml")
    created = space.create(file, name, stream=False, env=space.own_cores(name))
    assert created.code == 0, created.text


@pytest.fixture(scope="module", autouse=True)
def jobs(space: Workspace, files: Path) -> None:
    """Everything above, started at once."""
    for name, steps in JOBS.items():
        start(space, name, steps, files)


def logs(space: Workspace, step: str, job: str | None = None) -> StepLogs:
    """Of a step whose job is over."""
    job = job or (step if step in ALONE else "rules")
    space.wait_until_over(job, 180)
    return StepLogs(space, job, step)


def tries_of(log: StepLogs, mini_batch: int) -> list[tuple[str, str]]:
    return [(r["Picked Count"], r["Status"]) for r in log.attempts() if r["Mini-batch Id"] == str(mini_batch)]


def left_behind(space: Workspace, log: StepLogs, pattern: str) -> list[Path]:
    """Files that the workers of the step wrote into their working folder."""
    return list(space.step(log.job, log.step).glob(f"wd/{pattern}"))


# ---- 5.2 -------------------------------------------------------------------------------------------


def test_5_2_a_run_is_ended_at_its_timeout_and_the_next_process_goes_on(space: Workspace) -> None:
    log = logs(space, "timeout_replaces")
    assert log.status == "Completed", log.result
    assert tries_of(log, 1) == [("1", "RUN_TIMEOUT"), ("2", "RUN_TIMEOUT")]
    for row in log.attempts():
        if row["Status"] == "RUN_TIMEOUT":
            assert 3 <= float(row["Run Method Seconds"]) < 300, "not before the timeout, and long before it ends by itself"
    assert {row["Process"] for row in log.attempts()} == {"process000", "process001", "process002"}
    assert log.rows() == NAMES[:2] + NAMES[4:]


def test_5_2_a_retry_is_of_the_whole_mini_batch(space: Workspace) -> None:
    log = logs(space, "whole_again")
    assert tries_of(log, 1) == [("1", "RUN_EXCEPTION"), ("2", "RUN_DONE")]
    assert log.rows() == NAMES
    assert "6 total, 6 succeeded, 0 failed" in log.result


def test_5_2_a_crash_charges_only_what_ran(space: Workspace) -> None:
    log = logs(space, "crash_charges_one")
    assert log.status == "Completed", log.result
    assert tries_of(log, 0) == [(n, "PROCESS_CRASHED") for n in "123"], "max_retries + 1 tries, never picked again"
    assert tries_of(log, 1) == tries_of(log, 2) == [("1", "RUN_DONE")], "queued leases leave no row"


TABLE = """
type: pipeline
jobs:
  load_hangs:
    type: parallel
    input_data: ${{{{inputs.table}}}}
    mini_batch_size: "1kb"
    max_concurrency_per_instance: 1
    retry_settings: {{max_retries: 1, timeout: 60}}
    inputs:
      table: {{type: mltable, mode: direct, path: ./table}}
    outputs: {{rows: {{type: uri_file}}}}
    task:
      type: run_function
      code: ./src
      entry_script: load_hangs.py
      program_arguments: --task_overhead_timeout 3 --victim {victim}
      environment: azureml:none:1
      append_row_to: ${{{{outputs.rows}}}}
"""

# A pipe that nobody writes to takes the place of a planned file: whoever opens it waits for ever.
BLOCKS_LOADING = """
import os, sys
def init():
    victim = sys.argv[sys.argv.index("--victim") + 1]
    if os.path.isfile(victim):
        os.remove(victim)
        os.mkfifo(victim)
def run(mini_batch):
    return mini_batch
"""


def test_5_2_loading_has_a_timer_of_its_own(space: Workspace) -> None:
    table = space.scratch / "table"
    table.mkdir()
    (table / "MLTable").write_text("paths: [{pattern: ./*.csv}]\ntransformations:\n- read_delimited: "
                                   "{delimiter: ',', header: all_files_same_headers, encoding: utf8}\n")
    for day in range(3):
        (table / f"day-{day}.csv").write_text(f"day,number\n{day},1\n{day},2\n")
    space.script(BLOCKS_LOADING, "load_hangs.py")
    file = space.pipeline(TABLE.format(victim=table / "day-1.csv"), "load_hangs.yml")
    done = space.create(file, "load_hangs", env=space.own_cores("load_hangs"))
    assert done.code == 0, done.text
    log = StepLogs(space, "load_hangs", "load_hangs")
    assert tries_of(log, 1) == [("1", "LOAD_TIMEOUT"), ("2", "LOAD_TIMEOUT")]
    assert tries_of(log, 0) == tries_of(log, 2) == [("1", "RUN_DONE")]
    assert {row["Process"] for row in log.attempts()} == {"process000", "process001", "process002"}
    assert log.rows() == ["0 1", "0 2", "2 1", "2 2"]


# ---- 5.3 -------------------------------------------------------------------------------------------


def test_5_3_minus_one_as_an_argument_switches_the_count_check_off(space: Workspace) -> None:
    log = logs(space, "short_by_argument")
    assert log.status == "Completed"
    assert log.statuses() == ["RUN_DONE"] * 3
    assert log.rows() == ["row"]


def test_5_3_only_the_last_short_return_is_appended(space: Workspace) -> None:
    log = logs(space, "short_rows_of_the_last")
    assert log.statuses() == ["RUN_SHORT"] * 9
    assert log.rows() == [f"{index} try 3" for index in range(3)]


# ---- 5.4 -------------------------------------------------------------------------------------------


def test_5_4_what_waits_for_its_retry_is_not_counted(space: Workspace) -> None:
    log = logs(space, "retry_is_no_failure")
    assert log.status == "Completed", log.result
    assert sorted(log.statuses()) == ["RUN_DONE"] * 3 + ["RUN_EXCEPTION"] * 3


def test_5_4_items_of_a_short_return_count_as_inputs_minus_returned(space: Workspace) -> None:
    assert logs(space, "short_items").status == "Completed", "three of six items, and the threshold is three"
    over = logs(space, "short_items_over")
    assert over.status == "Failed"
    assert re.search(r"3 of 6 items failed; error_threshold is 2", over.result), over.result


# ---- 5.5 and 5.6 -----------------------------------------------------------------------------------


def test_5_5_first_task(space: Workspace) -> None:
    log = logs(space, "first_task")
    assert log.status == "Failed"
    assert "no mini-batch started within 2 s (first_task_creation_timeout)" in log.result
    assert log.attempts() == []


def test_5_5_no_progress(space: Workspace) -> None:
    log = logs(space, "no_progress")
    assert log.status == "Failed"
    assert re.search(r"no progress", log.result), log.result
    assert "exit 42" in log.result.splitlines()[0]


def test_5_6_rule_1_three_failures_for_each_worker(space: Workspace) -> None:
    log = logs(space, "init_fails")
    assert log.status == "Failed"
    said = re.search(r"init failed (\d+) times on node 0 \(limit 3 x 2 workers\)", log.result)
    assert said, log.result
    failures = int(said[1])
    assert failures in (6, 7), "no new worker after the sixth; another may have been inside init() by then"
    assert log.user("error").count("ValueError: no model here") == failures
    events = [row["Status"] for row in log.report() if row["Mini-batch Id"] == "N/A"]
    assert events.count("ENTRY_SCRIPT_INIT_EXCEPTION") == failures


def test_5_6_a_worker_that_was_ready_is_always_replaced(space: Workspace) -> None:
    log = logs(space, "always_replaced")
    assert log.statuses() == ["PROCESS_CRASHED"] * 18, "three mini-batches, six tries"
    assert {row["Process"] for row in log.attempts()} == {f"process{n:03}" for n in range(18)}
    assert "returned no row" in log.result, "and then there is nothing to append"


# ---- 5.8 -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [*STEPS, *ALONE])
def test_5_8_exit_codes_stand_in_the_first_line(space: Workspace, step: str) -> None:
    log = logs(space, step)
    code = {"Completed": 0, "Failed": 42}[log.status]
    assert re.match(rf"{log.status} .*exit {code}(: .+)?$", log.result.splitlines()[0]), log.result


def test_5_8_shutdown_on_completion_and_on_abort_but_not_after_a_crash(space: Workspace) -> None:
    assert len(left_behind(space, logs(space, "shutdown_completed"), "shutdown-completed-*")) == 1
    crashed = logs(space, "shutdown_crashed")
    assert tries_of(crashed, 2) == [("1", "PROCESS_CRASHED")]
    assert left_behind(space, crashed, "shutdown-*") == [], "its only worker crashed at the last mini-batch"
    assert len(left_behind(space, logs(space, "abort_lets_end"), "shutdown-aborted-*")) == 2


def test_5_8_on_abort_running_attempts_may_end_and_nothing_else_is_handed_out(space: Workspace) -> None:
    log = logs(space, "abort_lets_end")
    assert log.status == "Failed"
    assert "mini_batch_error_threshold is 0" in log.result
    assert tries_of(log, 0) == [("1", "RUN_EXCEPTION")]
    others = [status for status in log.statuses() if status != "RUN_EXCEPTION"]
    assert set(others) == {"RUN_DONE"}, "they had ten seconds and needed three"
    assert len(others) <= 2, "what the failing worker had at hand may have begun, nothing else"
    assert (log.folder / "sys" / "job_report" / "node_summary.csv").exists()


def test_5_8_on_abort_what_does_not_end_within_ten_seconds_is_killed(space: Workspace) -> None:
    log = logs(space, "abort_kills")
    assert log.status == "Failed"
    assert tries_of(log, 0) == [("1", "RUN_EXCEPTION")]
    killed = [row for row in log.attempts() if row["Status"] == "CANCELED"]
    assert 1 <= len(killed) <= 2
    for row in killed:
        assert 9.5 <= float(row["Run Method Seconds"]) < 300


# ---- 5.9 -------------------------------------------------------------------------------------------


def test_5_9_rows_of_failed_attempts_are_not_appended(space: Workspace) -> None:
    log = logs(space, "rows_of_failures")
    assert sorted(log.statuses()) == ["RUN_DONE"] * 3 + ["RUN_EXCEPTION"] * 3
    assert log.rows() == NAMES


# ---- cancelled, and hit from outside ----------------------------------------------------------------


def test_5_8_cancel_calls_shutdown_and_says_canceled(space: Workspace, files: Path) -> None:
    start(space, "canceled", {"canceled": Step("""
        import os, time
        NAME = "canceled"
        def init(): pass
        def run(mini_batch):
            open("it-runs", "w").close()
            time.sleep(1)
            return [os.path.basename(p) for p in mini_batch]
    """ + SAYS_SHUTDOWN)}, files)
    log = StepLogs(space, "canceled", "canceled")
    wait_for(lambda: left_behind(space, log, "it-runs"), 60, lambda: "it never ran")
    assert space.run("job", "cancel", "-n", "canceled").code == 0
    assert space.wait_until_over("canceled") == "Canceled"
    assert log.status == "Canceled"
    assert log.result.startswith("Canceled"), log.result
    assert set(log.statuses()) == {"RUN_DONE"}, "what ran had time to end"
    assert len(left_behind(space, log, "shutdown-canceled-*")) == 1


def test_5_7_a_lost_node_costs_no_try_while_another_is_alive(space: Workspace, files: Path) -> None:
    gate = space.scratch / "a-node-is-lost"
    start(space, "lost", {"lost": Step(f"""
        import os, time
        def init(): pass
        def run(mini_batch):
            open("runs-on-" + os.environ["AZUREML_CR_NODE_RANK"], "w").close()
            while not os.path.exists({str(gate)!r}):
                time.sleep(0.01)
            return [os.path.basename(p) for p in mini_batch]
    """, keys={"resources": {"instance_count": 2}, "mini_batch_size": 1}, retry={"max_retries": 0})}, files)
    log = StepLogs(space, "lost", "lost")
    wait_for(lambda: len(left_behind(space, log, "runs-on-*")) == 2, 60, lambda: f"{space.processes()}")
    agents = [p.pid for p in space.of_kind("agent") if "lost" in p.command]
    assert len(agents) == 2, space.processes()
    os.kill(agents[0], signal.SIGKILL)
    gate.touch()
    assert space.wait_until_over("lost") == "Completed", log.result
    assert log.rows() == NAMES
    assert sorted(log.statuses()) == ["NODE_LOST", *["RUN_DONE"] * FILES], "what ran there; max_retries is 0"


def test_nothing_is_left(space: Workspace) -> None:
    for job in JOBS:
        space.wait_until_over(job)
    space.assert_nothing_left()

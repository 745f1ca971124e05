"""What an entry script may do, and what comes of it: one pipeline, a step per behaviour."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import Done, Workspace
from parallel_pipeline import Step, StepLogs, make_files, open_workspace, write_pipeline

FILES = 6
NAMES = [f"item-{index}.txt" for index in range(FILES)]

# ---- steps that complete with every row ----------------------------------------------------------

FULL = {
    "returns_list": Step("""
        import os
        def init(): pass
        def run(mini_batch):
            return [os.path.basename(p) for p in mini_batch]
    """),
    "returns_tuple": Step("""
        import os
        def init(): pass
        def run(mini_batch):
            return tuple(os.path.basename(p) for p in mini_batch)
    """),
    "returns_generator": Step("""
        import os
        def init(): pass
        def run(mini_batch):
            for path in mini_batch:
                yield os.path.basename(path)
    """),
    "returns_array": Step("""
        import os
        import numpy
        def init(): pass
        def run(mini_batch):
            return numpy.array([os.path.basename(p) for p in mini_batch])
    """),
    "returns_series": Step("""
        import os
        import pandas
        def init(): pass
        def run(mini_batch):
            return pandas.Series([os.path.basename(p) for p in mini_batch])
    """),
    "returns_frame": Step("""
        import os
        import pandas
        def init(): pass
        def run(mini_batch):
            return pandas.DataFrame({"name": [os.path.basename(p) for p in mini_batch]})
    """),
    "capitalised": Step("""
        import os
        STARTED = []
        def Init():
            STARTED.append(1)
        def Run(mini_batch):
            return [os.path.basename(p) for p in mini_batch] if STARTED else []
        def Shutdown():
            print("Shutdown was called")
    """),
    "without_init": Step("""
        import os
        def run(mini_batch):
            return [os.path.basename(p) for p in mini_batch]
    """),
    "entry_logger": Step("""
        import os
        from azureml_user.parallel_run import EntryScript
        def init():
            EntryScript().logger.info("init on %s", EntryScript().agent_name)
        def run(mini_batch):
            script = EntryScript()
            script.logger.debug("too low to be kept")
            script.logger.info("mini-batch of %d", len(mini_batch))
            os.makedirs(script.log_dir, exist_ok=True)
            with open(os.path.join(script.log_dir, "own.txt"), "a") as file:
                file.write("own line\\n")
            return [os.path.basename(p) for p in mini_batch]
    """),
    "fails_once": Step("""
        import os
        TRIED = set()
        def init(): pass
        def run(mini_batch, mini_batch_context):
            if mini_batch_context.minibatch_index not in TRIED:
                TRIED.add(mini_batch_context.minibatch_index)
                raise ValueError("not at the first try")
            return [os.path.basename(p) for p in mini_batch]
    """, retry={"max_retries": 2}),
    "crashes_once": Step("""
        import os
        def init(): pass
        def run(mini_batch, mini_batch_context):
            mark = f"mark-{mini_batch_context.minibatch_index}"
            if mini_batch_context.minibatch_index == 1 and not os.path.exists(mark):
                open(mark, "w").close()
                os._exit(3)
            return [os.path.basename(p) for p in mini_batch]
    """, retry={"max_retries": 1}),
    "short_once_then_all": Step("""
        import os
        TRIED = set()
        def init(): pass
        def run(mini_batch, mini_batch_context):
            names = [os.path.basename(p) for p in mini_batch]
            if mini_batch_context.minibatch_index in TRIED:
                return names
            TRIED.add(mini_batch_context.minibatch_index)
            return names[:1]
    """, retry={"max_retries": 1}),
    "closes_stdout": Step("""
        import os, sys
        def init(): pass
        def run(mini_batch):
            if not sys.stdout.closed:
                print("before it is closed")
                sys.stdout.close()
                os.closerange(1, 3)
            return [os.path.basename(p) for p in mini_batch]
    """),
    "prints_much": Step("""
        import os
        def init(): pass
        def run(mini_batch):
            if mini_batch[0].endswith("item-0.txt"):
                print("x" * 50_000_000)
            print("the end of the mini-batch")
            return [os.path.basename(p) for p in mini_batch]
    """),
    "prints_from_c": Step("""
        import ctypes, os, subprocess
        def init():
            print("python line")
        def run(mini_batch):
            ctypes.CDLL(None).printf(b"line of C %d\\n", 7)
            ctypes.CDLL(None).puts(b"puts of C")
            subprocess.run(["sh", "-c", "echo line of a child; echo error of a child >&2"], check=True)
            return [os.path.basename(p) for p in mini_batch]
    """),
    "daemon_child": Step("""
        import os, subprocess
        def init():
            subprocess.Popen(["setsid", "sleep", "600"])
        def run(mini_batch):
            return [os.path.basename(p) for p in mini_batch]
    """),
}

# ---- steps whose rows say something else -----------------------------------------------------------

OTHER = {
    "two_columns": Step("""
        import os
        import pandas
        def init(): pass
        def run(mini_batch):
            return pandas.DataFrame({"name": [os.path.basename(p) for p in mini_batch], "text": "a b"})
    """, arguments="--append_row_dataframe_header True"),
    "context": Step("""
        def init(): pass
        def run(mini_batch, mini_batch_context):
            c = mini_batch_context
            return [f"{c.minibatch_index} {mini_batch.task_id} {c.partition_key_value}" for _ in mini_batch]
    """),
    "star_arguments": Step("""
        def init(): pass
        def run(*arguments):
            return [len(arguments)] * len(arguments[0])
    """),
    "surroundings": Step("""
        import json, os, sys
        import sibling
        def init(): pass
        def run(mini_batch):
            facts = {"cwd": os.getcwd(), "file": os.path.abspath(__file__), "sibling": sibling.NAME,
                     "own": os.environ.get("MY_SETTING"), "argv": sys.argv, "run_id": os.environ.get("AZUREML_RUN_ID"),
                     "rank": os.environ.get("AZUREML_CR_NODE_RANK")}
            return [json.dumps(facts)] * len(mini_batch)
    """, keys={"environment_variables": {"MY_SETTING": "a value"}}, arguments="--mine 'two words' --logging_level DEBUG"),
    "too_many": Step("""
        def init(): pass
        def run(mini_batch):
            return ["row"] * 3
    """),
    "writes_files": Step("""
        import argparse, os
        def init():
            global ARGUMENTS
            parser = argparse.ArgumentParser(allow_abbrev=False)
            parser.add_argument("--side")
            ARGUMENTS = parser.parse_known_args()[0]
        def run(mini_batch):
            for path in mini_batch:
                with open(os.path.join(ARGUMENTS.side, os.path.basename(path)), "w") as file:
                    file.write(open(path).read())
            return mini_batch
    """, append=False, arguments="--side ${{outputs.side}}", outputs={"side": {"type": "uri_folder"}}),
    "short": Step("""
        import os
        def init(): pass
        def run(mini_batch):
            return [os.path.basename(p) for p in mini_batch[:1]]
    """, retry={"max_retries": 1}),
    "short_allowed": Step("""
        import os
        def init(): pass
        def run(mini_batch):
            return [os.path.basename(p) for p in mini_batch[:1]]
    """, keys={"error_threshold": -1}, retry={"max_retries": 1}),
}

# ---- steps with one bad mini-batch: completed under the default thresholds ------------------------

BAD = """
    import os, sys, time, ctypes
    def init(): pass
    def helper():
        {what}
    def run(mini_batch):
        if mini_batch[0].endswith("item-2.txt"):
            return helper()
        return [os.path.basename(p) for p in mini_batch]
"""
BAD_LINE = 5  # of `{what}` in the script

ONE_BAD = {
    "raises": Step(BAD.format(what='raise ValueError("bad \\x01 value")')),
    "hangs": Step(BAD.format(what="time.sleep(600)"), retry={"max_retries": 0, "timeout": 1}),
    "hangs_in_c": Step(BAD.format(what="ctypes.PyDLL(None).sleep(600)"), retry={"max_retries": 0, "timeout": 1}),
    "exits_hard": Step(BAD.format(what="print('last words', file=sys.stderr, flush=True); os._exit(3)")),
    "segfaults": Step(BAD.format(what="ctypes.string_at(8)")),
    "calls_exit": Step(BAD.format(what="sys.exit(4)")),
    "returns_none": Step(BAD.format(what="return None")),
    "returns_int": Step(BAD.format(what="return 7")),
    "endless_recursion": Step(BAD.format(what="helper()")),
    "kills_itself": Step(BAD.format(what="os.kill(os.getpid(), 9)")),
}

IN_HELPER = rf"{{step}}\.py:{BAD_LINE} in helper.*\n"  # the innermost frame of the script

EXPECTED_BAD = {  # step: status of the attempt, a pattern in job_error.txt
    "raises": ("RUN_EXCEPTION", IN_HELPER + r" +ValueError: bad \\x01 value\n"),
    "hangs": ("RUN_TIMEOUT", IN_HELPER + r" +still running after 1 s \(retry_settings\.timeout\)\n"),
    "hangs_in_c": ("RUN_TIMEOUT", IN_HELPER + r" +still running after 1 s"),
    "exits_hard": ("PROCESS_CRASHED", r"the script ended its process \(exit code 3\)\n +last words\n"),
    "segfaults": ("PROCESS_CRASHED", IN_HELPER + r".*string_at\n +the process crashed \(SIGSEGV\)\n"),
    "calls_exit": ("RUN_EXCEPTION", IN_HELPER + r" +SystemExit: the script ended its process \(exit code 4\)\n"),
    "returns_none": ("RUN_EXCEPTION", r"run returned None"),
    "returns_int": ("RUN_EXCEPTION", r"run returned int, not a list"),
    "endless_recursion": ("RUN_EXCEPTION", IN_HELPER + r" +\.\.\. repeated \d+ times\n +RecursionError: "),
    "kills_itself": ("PROCESS_CRASHED", r"SIGKILL|killed"),
}

# ---- thresholds: two of three mini-batches (four of six files) fail -------------------------------

TWO_FAIL = """
    import os
    def init(): pass
    def run(mini_batch):
        if not mini_batch[0].endswith("item-0.txt"):
            raise ValueError("bad data")
        return [os.path.basename(p) for p in mini_batch]
"""

THRESHOLDS = {  # step: (settings, cause or None for Completed)
    "batches_at_limit": (Step(TWO_FAIL, keys={"mini_batch_error_threshold": 2}), None),
    "batches_above": (Step(TWO_FAIL, keys={"mini_batch_error_threshold": 1}),
                      r"2 of 3 mini-batches failed; mini_batch_error_threshold is 1 \(\S*pipeline\.yml:\d+"),
    "items_at_limit": (Step(TWO_FAIL, keys={"error_threshold": 4}), None),
    "items_above": (Step(TWO_FAIL, keys={"error_threshold": 3}),
                    r"4 of 6 items failed; error_threshold is 3 \(\S*pipeline\.yml:\d+"),
    "items_argument": (Step(TWO_FAIL, arguments="--error_threshold 3"), r"4 of 6 items failed; error_threshold is 3"),
    "percent_at_limit": (Step(TWO_FAIL, arguments="--allowed_failed_percent 66.7"), None),
    "percent_above": (Step(TWO_FAIL, arguments="--allowed_failed_percent 66"),
                      r"66\.7 % of 3 mini-batches failed; allowed_failed_percent is 66"),
    "nothing_returned": (Step("""
        def init(): pass
        def run(mini_batch):
            return []
    """, keys={"error_threshold": -1}), r"3 mini-batches returned no row; 'rows' has nothing to append"),
}


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    yield from open_workspace(tmp_path_factory.mktemp("scripts"))


@pytest.fixture(scope="module")
def job(space: Workspace) -> Done:
    """All steps above as one pipeline, to its end."""
    steps = {**FULL, **OTHER, **ONE_BAD, **{name: step for name, (step, _) in THRESHOLDS.items()}}
    space.script("NAME = 'the sibling'\n", "sibling.py")
    file = write_pipeline(space, steps, make_files(space.scratch / "files", FILES))
    return space.create(file, "scripts", timeout=300)


def logs(space: Workspace, step: str) -> StepLogs:
    return StepLogs(space, "scripts", step)


def test_the_pipeline_fails_because_steps_fail_and_leaves_nothing(space: Workspace, job: Done) -> None:
    assert job.code == 1, job.text
    assert space.status("scripts") == "Failed"
    space.assert_nothing_left()


@pytest.mark.parametrize("step", FULL)
def test_every_row_once_in_order(space: Workspace, job: Done, step: str) -> None:
    assert logs(space, step).status == "Completed", logs(space, step).result
    assert logs(space, step).rows() == NAMES
    assert "6 total, 6 succeeded, 0 failed" in logs(space, step).result


def test_rows_of_a_frame_are_separated_by_spaces_below_the_header(space: Workspace, job: Done) -> None:
    assert logs(space, "two_columns").rows() == ["name text", *(f'{name} "a b"' for name in NAMES)]


def test_the_context_names_the_mini_batch(space: Workspace, job: Done) -> None:
    assert logs(space, "context").rows() == [f"{i // 2} {i // 2} None" for i in range(FILES)]
    assert logs(space, "star_arguments").rows() == ["2"] * FILES


def test_the_scripts_surroundings(space: Workspace, job: Done) -> None:
    import json

    facts = json.loads(logs(space, "surroundings").rows()[0])
    assert Path(facts["file"]) == Path(facts["cwd"]) / "surroundings.py", "the working folder is the root of code"
    assert (facts["sibling"], facts["own"]) == ("the sibling", "a value")
    assert facts["run_id"] == "scripts_surroundings"
    assert facts["rank"] == "0"
    argv = facts["argv"]
    assert argv[argv.index("--mine") + 1] == "two words"
    assert argv[argv.index("--logging_level") + 1] == "DEBUG"


def test_more_results_than_inputs_are_all_written(space: Workspace, job: Done) -> None:
    step = logs(space, "too_many")
    assert step.status == "Completed"
    assert step.rows() == ["row"] * 9
    assert {row["Failed"] for row in step.attempts()} == {"0"}


def test_a_script_may_write_into_an_output_of_its_own(space: Workspace, job: Done) -> None:
    assert logs(space, "writes_files").status == "Completed"
    folder = space.output("scripts", "writes_files", "side")
    assert sorted(p.name for p in folder.iterdir()) == NAMES


def test_short_returns_fail_unless_minus_one_is_explicit(space: Workspace, job: Done) -> None:
    strict, allowed = logs(space, "short"), logs(space, "short_allowed")
    assert strict.statuses() == ["RUN_SHORT"] * 6, "three mini-batches, two tries each"
    assert strict.status == "Completed", "the default thresholds count nothing"
    assert strict.rows() == NAMES[::2], "the rows of the last short return are kept"
    assert "3 total, 0 succeeded, 3 failed" in strict.result
    assert re.search(r"run returned 1 result\S* for 2 items", strict.errors)
    assert allowed.statuses() == ["RUN_DONE"] * 3
    assert allowed.rows() == NAMES[::2]


def test_retries_are_reported_as_attempts(space: Workspace, job: Done) -> None:
    tries = [(row["Mini-batch Id"], row["Picked Count"], row["Status"]) for row in logs(space, "fails_once").attempts()]
    assert sorted(tries) == [(str(i), str(n), s) for i in range(3) for n, s in ((1, "RUN_EXCEPTION"), (2, "RUN_DONE"))]
    assert len({row["Process"] for row in logs(space, "fails_once").attempts()}) == 1, "exceptions keep the process"
    crashed = logs(space, "crashes_once").attempts()
    assert [(r["Mini-batch Id"], r["Picked Count"]) for r in crashed if r["Status"] == "PROCESS_CRASHED"] == [("1", "1")]
    assert {row["Process"] for row in crashed} == {"process000", "process001"}, "a replacement takes the next number"


@pytest.mark.parametrize("step", ONE_BAD)
def test_one_bad_mini_batch(space: Workspace, job: Done, step: str) -> None:
    status, pattern = EXPECTED_BAD[step]
    log = logs(space, step)
    assert log.status == "Completed", log.result
    assert log.rows() == NAMES[:2] + NAMES[4:]
    by_id = {row["Mini-batch Id"]: row["Status"] for row in log.attempts()}
    assert by_id["0"] == by_id["2"] == "RUN_DONE"
    assert re.fullmatch(status, by_id["1"]), by_id
    assert re.search(pattern.format(step=step), log.errors), log.errors
    assert "batchmill/worker" not in log.errors, "the engine's own frames are hidden"
    assert "3 total, 2 succeeded, 1 failed" in log.result
    assert f"{step} is Completed although 1 of 3 mini-batches" in job.text


def test_a_timeout_shows_the_stack_of_the_script(space: Workspace, job: Done) -> None:
    errors = logs(space, "hangs").errors
    assert re.search(rf"hangs\.py:{BAD_LINE + 3} in run.*\n +hangs\.py:{BAD_LINE} in helper", errors), errors


@pytest.mark.parametrize("step", THRESHOLDS)
def test_thresholds(space: Workspace, job: Done, step: str) -> None:
    cause = THRESHOLDS[step][1]
    log = logs(space, step)
    assert log.status == ("Failed" if cause else "Completed"), log.result
    assert log.result.startswith("Failed" if cause else "Completed")
    if cause:
        assert "exit 42" in log.result.splitlines()[0]
        assert re.search(cause, log.result), log.result
        assert re.search(cause, job.text), job.text
        assert not log.has_rows(), "no half-written file appears"
    else:
        assert log.rows() == NAMES[:2]


def test_output_of_c_and_of_children_lands_in_the_workers_files(space: Workspace, job: Done) -> None:
    step = logs(space, "prints_from_c")
    files = step.user_files("stdout")
    assert [f.name for f in files] == ["process000.stdout.txt"]
    lines = files[0].read_text().splitlines()
    assert lines.count("python line") == 1
    assert lines.count("line of C 7") == lines.count("puts of C") == lines.count("line of a child") == 3
    assert step.user("stderr").count("error of a child") == 3


def test_a_gigantic_print_is_kept_within_bounds(space: Workspace, job: Done) -> None:
    step = logs(space, "prints_much")
    text = step.user("stdout")
    assert "the end of the mini-batch" in text.splitlines()[-1]
    assert len(text) < 120_000_000


def test_what_the_entry_logger_says_has_its_own_file(space: Workspace, job: Done) -> None:
    step = logs(space, "entry_logger")
    log = (step.folder / "user" / "entry_script_log" / "0" / "process000.log.txt").read_text()
    assert "init on process000" in log and log.count("mini-batch of 2") == 3
    assert "too low" not in log
    assert (step.folder / "user" / "entry_script_log" / "0" / "own.txt").read_text() == "own line\n" * 3


def test_shutdown_is_called(space: Workspace, job: Done) -> None:
    assert "Shutdown was called" in logs(space, "capitalised").user("stdout")


def test_a_missing_init_is_only_a_warning(space: Workspace, job: Done) -> None:
    assert "without_init.py has no init(); workers start without it" in job.text


def test_full_tracebacks_of_every_try(space: Workspace, job: Done) -> None:
    step = logs(space, "fails_once")
    assert step.user("error").count("ValueError: not at the first try") == 3
    assert "Traceback (most recent call last)" in step.user("error")


COLUMNS = ["Mini-batch Id", "Picked Count", "Node", "Process", "Start Time", "Total", "Succeeded", "Failed",
           "Elapsed Seconds", "Process Seconds", "Run Method Seconds", "Status", "Error Category", "Error Message",
           "Mini-batch Detail"]


def test_the_report_of_attempts(space: Workspace, job: Done) -> None:
    step = logs(space, "raises")
    with (step.folder / "sys" / "job_report" / "processed_mini-batches.csv").open(newline="") as file:
        assert next(csv.reader(file))[:len(COLUMNS)] == COLUMNS
    events = [row["Status"] for row in step.report() if row["Mini-batch Id"] == "N/A"]
    assert events[:2] == ["ENTRY_SCRIPT_INIT_START", "ENTRY_SCRIPT_INIT_DONE"]
    for row in step.attempts():
        assert (row["Total"], row["Node"], row["Process"]) == ("2", "0", "process000")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00", row["Start Time"])
        assert 0 <= float(row["Run Method Seconds"]) <= float(row["Elapsed Seconds"]) < 60
    good, bad, _ = step.attempts()
    assert (good["Succeeded"], good["Failed"], good["Error Category"]) == ("2", "0", "N/A")
    assert (bad["Succeeded"], bad["Failed"], bad["Error Category"]) == ("0", "2", "ValueError")
    assert "item-2.txt" in bad["Mini-batch Detail"] and "item-3.txt" in bad["Mini-batch Detail"]


@pytest.mark.parametrize("step", ["returns_list", "raises", "batches_above"])
def test_the_log_tree_is_complete(space: Workspace, job: Done, step: str) -> None:
    step_logs = logs(space, step)
    present = {str(p.relative_to(step_logs.folder)) for p in step_logs.folder.rglob("*") if p.is_file()}
    wanted = [r"job_result\.txt", r"readme\.txt", r"job_progress_overview\.\d{10}\.txt", r"sys/master_role\.\d+\.txt",
              r"sys/node/0/_main\.txt", r"user/stdout/0/process000\.stdout\.txt", r"user/stderr/0/process000\.stderr\.txt",
              r"sys/job_report/processed_mini-batches\.csv", r"sys/job_report/process_summary\.csv",
              r"sys/job_report/node_summary\.csv"]
    if step != "returns_list":
        wanted += [r"job_error\.txt", r"user/error/0/process000\.txt", r"sys/error/0/process000\.txt"]
    missing = [pattern for pattern in wanted if not any(re.fullmatch(pattern, name) for name in present)]
    assert not missing, f"{missing} not in {sorted(present)}"

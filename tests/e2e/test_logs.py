"""Every file of the log tree (parallel-job.md 7) and of the metrics (8) after real jobs."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import Workspace, wait_for
from parallel_pipeline import Step, StepLogs, make_files, open_workspace, write_pipeline

FILES = 8  # four mini-batches of two
ISO = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00"
SYSTEM_LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\|(DEBUG|INFO|WARNING|ERROR)\|\d+\|\w+\|.+")

GOOD = """
    import os
    from azureml_user.parallel_run import EntryScript
    def init():
        EntryScript().logger.info("ready")
    def run(mini_batch):
        print("of the script")
        return [os.path.basename(p) for p in mini_batch]
"""
FAILING = """
    def init(): pass
    def run(mini_batch):
        if any(p.endswith("item-2.txt") for p in mini_batch):
            raise ValueError("no good, this one")
        return mini_batch
"""
RETRYING = """
    import os, tempfile
    def init(): pass
    def run(mini_batch):
        mark = os.path.join(os.getcwd(), os.path.basename(mini_batch[0]) + ".tried")
        if not os.path.exists(mark):
            open(mark, "w").close()
            raise RuntimeError("not at once")
        return mini_batch
"""
ENDLESS = """
    import time
    def init(): pass
    def run(mini_batch):
        time.sleep(600)
"""

STEPS = {
    "good": Step(GOOD, arguments="--logging_level DEBUG --metrics_name_prefix digits. --push_metrics_to_parent True"),
    "failing": Step(FAILING, retry={"max_retries": 1}),
    "bisected": Step("""
        import os
        def init(): pass
        def run(mini_batch):
            if any(p.endswith("item-2.txt") for p in mini_batch):
                raise ValueError("no good, this one")
            return [os.path.basename(p) for p in mini_batch]
    """, retry={"max_retries": 1}, keys={"mini_batch_size": 8, "bisect": True}),
    "stopped": Step(FAILING, keys={"mini_batch_error_threshold": 0}),
    "retrying": Step(RETRYING, retry={"max_retries": 1}, keys={"resources": {"instance_count": 2}}, append=False),
    "crashing": Step("""
        import os
        def init(): pass
        def run(mini_batch):
            if any(p.endswith("item-2.txt") for p in mini_batch):
                os.kill(os.getpid(), 9)
            return mini_batch
    """),
}


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    yield from open_workspace(tmp_path_factory.mktemp("logs"))


@pytest.fixture(scope="module")
def job(space: Workspace) -> str:
    """All steps in one job; `stopped` fails it."""
    files = make_files(space.scratch / "files", FILES)
    pipeline = write_pipeline(space, STEPS, files)
    document = json.loads(pipeline.read_text())
    document["settings"] = {"continue_on_step_failure": True}
    pipeline.write_text(json.dumps(document))
    done = space.create(pipeline, "all")
    assert space.status("all") == "Failed", done.text
    return "all"


@pytest.fixture
def logs(space: Workspace, job: str):
    return lambda step: StepLogs(space, job, step)


def only(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern))
    assert len(found) == 1, f"{pattern} in {sorted(p.name for p in folder.iterdir())}"
    return found[0]


def overview(step: StepLogs) -> list[str]:
    """The texts of the overview, each of whose lines has a stamp."""
    lines = only(step.folder, "job_progress_overview.*.txt").read_text().splitlines()
    for line in lines:
        assert re.match(ISO + " ", line), line
    return [line.split(" ", 1)[1] for line in lines]


# ---- 7.1 the top of logs/ --------------------------------------------------------------------------

def test_7_1_readme_names_every_file_that_is_there(logs) -> None:
    for name in STEPS:
        step = logs(name)
        readme = (step.folder / "readme.txt").read_text()
        described = [re.escape(path) for path in re.findall(r"^(\S+)  +\S", readme, re.M)]
        patterns = [re.sub(r"<(node|proc|stamp|yyyymmddhh|\w+)>", r"[^/]+", p.replace(r"\<", "<").replace(r"\>", ">"))
                    for p in described]
        for file in (p for p in step.folder.rglob("*") if p.is_file()):
            path = str(file.relative_to(step.folder))
            assert any(re.fullmatch(pattern, path) for pattern in patterns), f"{path} is not in readme.txt"


def test_7_1_overview_tells_the_settings_and_each_event(logs) -> None:
    lines = overview(logs("good"))
    assert lines[0] == "The progress overviewer started on node 0."
    settings = [line for line in lines if line.startswith("Setting ")]
    assert any(re.fullmatch(r"Setting mini_batch_size: 2 \(node, .*pipeline\.yml:\d+:\d+\)", s) for s in settings), settings
    assert any(re.fullmatch(r"Setting logging_level: DEBUG \(argument, .*\)", s) for s in settings), settings
    assert "Setting error_threshold: -1 (default)" in settings
    events = [line for line in lines if not line.startswith("Setting ")][1:]
    expected = [r"Scheduling finished: 4 mini-batches of 8 items in .+\.", r"Concatenation of the rows started\.",
                r"Concatenation finished: 8 rows\.", r"The progress overviewer stopped\.", r"The step is Completed\."]
    assert len(events) == len(expected), events
    for event, pattern in zip(events, expected):
        assert re.fullmatch(pattern, event), event


def test_7_1_overview_of_a_failed_step_ends_with_the_reason(logs) -> None:
    lines = overview(logs("stopped"))
    assert re.match(r"The step is Failed: .*ValueError: no good, this one", lines[-1]), lines[-1]
    assert not any(line.startswith("Concatenation") for line in lines)


def test_7_1_job_result_says_why_in_its_first_line(logs) -> None:
    first = logs("stopped").result.splitlines()[0]
    assert re.match(r"Failed +stopped \(job all_stopped\) \S+ exit 42: .*stopped\.py:5 in run: ValueError: no good, this one", first)
    assert re.match(r"Completed +good \(job all_good\) \S+ exit 0$", logs("good").result.splitlines()[0])


def test_7_1_job_error_groups_what_failed(logs) -> None:
    assert "2 tries" in logs("failing").errors
    assert "ValueError: no good, this one" in logs("failing").errors
    assert not (logs("good").folder / "job_error.txt").exists()


def test_7_1_launcher_logs_end_with_the_exit_code(space: Workspace, job: str) -> None:
    for step, code in {"good": 0, "failing": 0, "stopped": 42}.items():
        folder = space.step(job, step)
        for path in ("azureml-logs/70_driver_log.txt", "user_logs/std_log_0.txt"):
            text = (folder / path).read_text()
            assert text.endswith(f"\nSystemExit: {code}\n"), text
    assert (space.step(job, "retrying") / "user_logs/std_log_1.txt").read_text().endswith("SystemExit: 41\n")


# ---- 7.2 logs/user/ ----------------------------------------------------------------------------------

def test_7_2_files_of_the_script(logs) -> None:
    step = logs("good")
    assert "of the script\n" in (step.folder / "user/stdout/0/process000.stdout.txt").read_text()
    assert (step.folder / "user/stderr/0").is_dir()
    assert "ready" in (step.folder / "user/entry_script_log/0/process000.log.txt").read_text()
    error = (logs("failing").folder / "user/error/0/process000.txt").read_text()
    assert "Traceback" in error and "ValueError: no good, this one" in error


# ---- 7.3 logs/sys/ -----------------------------------------------------------------------------------

@pytest.mark.parametrize("step", STEPS)
def test_7_3_system_logs_have_time_level_pid_thread_message(logs, step: str) -> None:
    folder = logs(step).folder / "sys"
    found = [only(folder, "master_role.*.txt"), *folder.glob("node/*/*.txt"), *folder.glob("warning/*/*.txt"),
             *folder.glob("error/*/_main.txt")]
    for file in found:
        for line in file.read_text().splitlines():
            assert SYSTEM_LINE.fullmatch(line), f"{file}: {line}"
    assert (folder / "node/0/_main.txt") in found


def test_7_3_master_role_tells_creation_and_result(logs) -> None:
    text = only(logs("good").folder / "sys", "master_role.*.txt").read_text()
    assert "Scheduling finished: 4 mini-batches" in text
    assert text.endswith("The step is Completed.\n")


def test_7_3_node_main_tells_the_starts_and_ends_of_workers(logs) -> None:
    text = (logs("crashing").folder / "sys/node/0/_main.txt").read_text()
    assert "|INFO|" in text and re.search(r"process000 started, pid \d+", text)
    assert re.search(r"\|WARNING\|.*process000 ended, return code -9", text), text
    assert "process001 started" in text
    warning = (logs("crashing").folder / "sys/warning/0/_main.txt").read_text()
    assert "return code -9" in warning


def test_7_3_node_process_tells_every_mini_batch_only_at_debug(logs) -> None:
    text = (logs("good").folder / "sys/node/0/process000.txt").read_text()
    for mini_batch in range(4):
        assert f"mini-batch {mini_batch}, try 1: picked by node 0 process000" in text
        assert re.search(rf"mini-batch {mini_batch}, try 1: RUN_DONE; 2 items, 2 succeeded, 0 failed; .* s, run .* s, cpu .* s, peak \d+ MB", text)
    text = (logs("failing").folder / "sys/node/0/process000.txt").read_text()
    assert len(text.splitlines()) == 4, "the two tries that failed, and nothing else"
    assert re.search(r"\|WARNING\|.*mini-batch 1, try 2: RUN_EXCEPTION; 2 items, 0 succeeded, 2 failed; .*ValueError: no good", text)


def test_7_3_errors_of_attempts_are_json(logs) -> None:
    lines = (logs("failing").folder / "sys/error/0/process000.txt").read_text().splitlines()
    for number, line in enumerate(lines, 1):
        record = json.loads(line)
        assert list(record) == ["agent", "task_id", "dequeue_count", "total", "succeeded", "method", "exc_type",
                                "message", "run_method_duration", "status"]
        assert (record["task_id"], record["dequeue_count"], record["exc_type"]) == (1, number, "ValueError")
    assert len(lines) == 2


def test_7_3_error_main_says_why_the_step_failed(logs) -> None:
    assert "no good, this one" in (logs("stopped").folder / "sys/error/0/_main.txt").read_text()


def test_7_3_processed_mini_batches_has_every_attempt_and_column(logs) -> None:
    rows = logs("failing").report()
    assert list(rows[0]) == ["Mini-batch Id", "Picked Count", "Node", "Process", "Start Time", "Total", "Succeeded",
                             "Failed", "Elapsed Seconds", "Process Seconds", "Run Method Seconds", "Status",
                             "Error Category", "Error Message", "Mini-batch Detail", "Peak Memory (MB)", "Part", "GPU"]
    attempts = [row for row in rows if row["Mini-batch Id"] != "N/A"]
    assert sorted((row["Mini-batch Id"], row["Picked Count"], row["Status"]) for row in attempts) == [
        ("0", "1", "RUN_DONE"), ("1", "1", "RUN_EXCEPTION"), ("1", "2", "RUN_EXCEPTION"), ("2", "1", "RUN_DONE"),
        ("3", "1", "RUN_DONE")]
    for row in attempts:
        assert re.fullmatch(ISO, row["Start Time"])
        assert row["Node"] == "0" and row["Process"] == "process000" and row["Total"] == "2"
        assert float(row["Elapsed Seconds"]) >= float(row["Run Method Seconds"]) >= 0
        assert float(row["Process Seconds"]) >= 0 and float(row["Peak Memory (MB)"]) > 1
        assert len(json.loads(row["Mini-batch Detail"])["files"]) == 2
    failed = [row for row in attempts if row["Status"] != "RUN_DONE"]
    assert all(row["Error Category"] == "ValueError" and row["Error Message"].endswith("no good, this one") for row in failed)
    assert [row["Status"] for row in rows if row["Mini-batch Id"] == "N/A"] == [
        "ENTRY_SCRIPT_INIT_START", "ENTRY_SCRIPT_INIT_DONE"]


def test_7_3_summaries_add_up(logs) -> None:
    step = logs("retrying")
    processes = step.table("sys/job_report/process_summary.csv")
    nodes = step.table("sys/job_report/node_summary.csv")
    assert list(processes[0])[:5] == ["Node", "Process", "Attempts", "Succeeded", "Failed"]
    assert list(nodes[0])[:5] == ["Node", "Processes", "Attempts", "Succeeded", "Failed"]
    for rows in (processes, nodes):
        assert sum(int(row["Attempts"]) for row in rows) == 8
        assert sum(int(row["Succeeded"]) for row in rows) == 4


def test_7_3_failed_items_lists_what_failed_for_good(logs) -> None:
    rows = logs("failing").table("sys/job_report/failed_items.csv")
    assert [(row["Mini-batch Id"], row["Item"], row["Item Name"]) for row in rows] == [
        ("1", "0", "item-2.txt"), ("1", "1", "item-3.txt")]
    assert {row["Status"] for row in rows} == {"RUN_EXCEPTION"}
    assert {row["Error Category"] for row in rows} == {"ValueError"}
    assert all(row["Process"] == "process000" and row["Error Message"].endswith("no good, this one") for row in rows)
    for step in ("good", "retrying"):
        assert not (logs(step).folder / "sys/job_report/failed_items.csv").exists()


def test_9_19_bisection_leaves_the_bad_item_alone(logs) -> None:
    step = logs("bisected")
    assert step.rows() == [f"item-{index}.txt" for index in range(FILES) if index != 2], "all others, in order"
    rows = step.table("sys/job_report/failed_items.csv")
    assert [(row["Mini-batch Id"], row["Item"], row["Item Name"]) for row in rows] == [("0", "2", "item-2.txt")]
    whole, parts = [[row for row in step.attempts() if (row["Part"] == "N/A") is is_whole] for is_whole in (True, False)]
    assert [row["Picked Count"] for row in whole] == ["1", "2"], "tried as a whole as often as any other"
    assert json.loads(next(row for row in parts if row["Part"] == "2-2")["Mini-batch Detail"]) == {
        "first_item": 2, "items": 1, "files": ["item-2.txt"]}
    good = {row["Part"] for row in parts if row["Status"] == "RUN_DONE"}
    assert good == {"4-7", "0-1", "3-3"}
    assert re.search(r"^mini-batches +1 total, 0 succeeded, 1 failed; ", step.result, re.M)
    assert re.search(r"^items +8 total, 7 succeeded, 1 failed$", step.result, re.M)


def test_7_3_progress_series_ends_with_the_last_figures(logs) -> None:
    rows = logs("failing").table(only(logs("failing").folder, "sys/metrics/*/progress.csv"))
    assert list(rows[0]) == ["Datetime", "Total Tasks", "Scheduled Tasks", "Completed Tasks", "Failed Tasks",
                             "Elapsed Time", "Estimated Remaining Time"]
    last = rows[-1]
    assert re.fullmatch(ISO, last["Datetime"])
    assert [last[c] for c in ("Total Tasks", "Scheduled Tasks", "Completed Tasks", "Failed Tasks")] == ["4", "4", "3", "1"]
    assert float(last["Elapsed Time"]) > 0


# ---- 8 metrics ---------------------------------------------------------------------------------------

def test_8_metrics_of_the_step_and_of_its_parent(space: Workspace, job: str) -> None:
    own = [json.loads(line) for line in (space.step(job, "good") / "metrics.jsonl").read_text().splitlines()]
    last = {metric["name"]: metric["value"] for metric in own}
    assert last == {"digits.Total Mini Batches": 4, "digits.Processed Mini Batches": 4, "digits.Failed Mini Batches": 0,
                    "digits.Remaining Mini Batches": 0, "digits.Total Items": 8, "digits.Processed Items": 8,
                    "digits.Failed Items": 0, "digits.Remaining Items": 0, "digits.Job progress": 100,
                    "digits.Active workers": 0, "digits.Attempts": 4}
    pushed = [json.loads(line) for line in (space.job(job) / "metrics.jsonl").read_text().splitlines()]
    assert {metric["step"] for metric in pushed} == {"good"}, "the other steps keep theirs to themselves"
    assert {metric["name"] for metric in pushed} >= set(last)


def test_8_attempts_are_counted_apart_from_mini_batches(space: Workspace, job: str) -> None:
    lines = (space.step(job, "retrying") / "metrics.jsonl").read_text().splitlines()
    last = {metric["name"]: metric["value"] for metric in map(json.loads, lines)}
    assert (last["Processed Mini Batches"], last["Attempts"], last["Failed Mini Batches"]) == (4, 8, 0)


# ---- a job that is cancelled --------------------------------------------------------------------------

def test_7_1_a_cancelled_step_writes_everything_too(workspace: Workspace) -> None:
    files = make_files(workspace.scratch / "files", FILES)
    workspace.create(write_pipeline(workspace, {"endless": Step(ENDLESS)}, files), "endless", stream=False)
    step = StepLogs(workspace, "endless", "endless")
    wait_for(lambda: any(row.get("running") for row in progress(workspace, "endless")), 60, lambda: "nothing runs")
    assert workspace.run("job", "cancel", "-n", "endless").code == 0
    assert workspace.wait_until_over("endless") == "Canceled"
    workspace.assert_nothing_left()
    assert re.match(r"Canceled +endless .* exit 42 by ", step.result)
    assert overview(step)[-1] == "The step is Canceled: canceled"
    assert (workspace.step("endless", "endless") / "user_logs/std_log_0.txt").read_text().endswith("SystemExit: 42\n")
    assert set(step.statuses()) <= {"CANCELED"}
    last = step.table(only(step.folder, "sys/metrics/*/progress.csv"))[-1]
    assert (last["Total Tasks"], last["Completed Tasks"]) == ("4", "0")


def test_7_3_after_a_resume_the_reports_tell_of_both_ends(workspace: Workspace) -> None:
    files = make_files(workspace.scratch / "files", FILES)
    broken = workspace.scratch / "broken"
    broken.touch()
    step = Step(f"""
        import os
        def init(): pass
        def run(mini_batch):
            if mini_batch[0].endswith("item-2.txt") and os.path.exists({str(broken)!r}):
                raise ValueError("no good, this one")
            return mini_batch
    """, keys={"mini_batch_error_threshold": 0, "bisect": True})
    workspace.create(write_pipeline(workspace, {"again": step}, files), "again")
    logs = StepLogs(workspace, "again", "again")
    reports = logs.folder / "sys/job_report"
    assert workspace.status("again") == "Failed"
    assert [row["Item Name"] for row in logs.failed_items()] == ["item-2.txt"]
    before = logs.attempts()
    broken.unlink()
    assert workspace.run("job", "resume", "-n", "again").code == 0
    wait_for(lambda: workspace.status("again") == "Completed", 60, lambda: workspace.status("again"))
    workspace.assert_nothing_left()
    assert not (reports / "failed_items.csv").exists() and not (logs.folder / "job_error.txt").exists()
    assert logs.attempts()[:len(before)] == before, "what came before stays in the report"
    assert [row["Part"] for row in logs.attempts()[len(before):] if row["Mini-batch Id"] == "1"] == ["N/A"]
    assert logs.result.startswith("Completed")
    assert len(logs.rows()) == FILES
    launcher = (workspace.step("again", "again") / "user_logs/std_log_0.txt").read_text()
    assert re.findall(r"SystemExit: \d+", launcher) == ["SystemExit: 42", "SystemExit: 0"]


def test_7_3_each_leader_opens_a_master_role_and_the_others_go_on(workspace: Workspace) -> None:
    files = make_files(workspace.scratch / "files", FILES)
    step = Step("""
        import os, time
        def init(): pass
        def run(mini_batch):
            while not os.path.exists(os.path.join(os.path.dirname(mini_batch[0]), "..", "go")):
                time.sleep(0.05)
            return mini_batch
    """)
    workspace.create(write_pipeline(workspace, {"led": step}, files), "led", stream=False)
    wait_for(lambda: any(row.get("running") for row in progress(workspace, "led")), 60, lambda: "nothing runs")
    time.sleep(1.1)  # the stamps of the two are seconds
    os.kill(workspace.of_kind("leader")[0].pid, signal.SIGKILL)
    logs = StepLogs(workspace, "led", "led")
    roles = wait_for(lambda: len(found := sorted(logs.folder.glob("sys/master_role.*.txt"))) == 2 and found, 60,
                     lambda: f"{list((logs.folder / 'sys').iterdir())}")
    (workspace.scratch / "go").touch()
    assert workspace.wait_until_over("led") == "Completed"
    workspace.assert_nothing_left()
    assert "The step is" not in roles[0].read_text()
    assert roles[1].read_text().endswith("The step is Completed.\n")
    starts = [p for p in logs.folder.glob("job_progress_overview.*.txt")]
    text = "".join(p.read_text() for p in sorted(starts))
    assert text.count("The progress overviewer started on node 0.") == 2
    assert text.count("Setting mini_batch_size: 2 ") == 2, "each leader begins with the settings"
    assert (workspace.step("led", "led") / "user_logs/std_log_0.txt").read_text().endswith("SystemExit: 0\n")


def progress(workspace: Workspace, job: str) -> list[dict]:
    try:
        return json.loads((workspace.job(job) / "progress.json").read_text())["steps"]
    except (OSError, ValueError):
        return []

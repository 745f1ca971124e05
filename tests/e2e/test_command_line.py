"""The command line as its user meets it: flags, formats, exit codes, and jobs that are followed,
cancelled, resumed and downloaded."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import BINARY, Workspace, wait_for
from parallel_pipeline import Step, StepLogs, make_files, open_workspace, write_pipeline

SMALL = """
type: pipeline
display_name: small
experiment_name: first
tags: {owner: me}
inputs:
  word: hello
  files: {type: uri_folder, path: ./files}
outputs:
  rows: {type: uri_file}
jobs:
  greet:
    command: echo "${{inputs.word}} $MINE" && cp ${{inputs.files}}/item-1.txt ${{outputs.copy}}/
    environment: azureml:none:1
    environment_variables: {MINE: mine}
    inputs:
      word: ${{parent.inputs.word}}
      files: ${{parent.inputs.files}}
    outputs: {copy: {type: uri_folder}}
  score:
    type: parallel
    input_data: ${{inputs.files}}
    mini_batch_size: "2"
    max_concurrency_per_instance: 1
    inputs: {files: "${{parent.inputs.files}}"}
    outputs: {rows: "${{parent.outputs.rows}}"}
    task:
      type: run_function
      code: ./src
      entry_script: score.py
      environment: azureml:none:1
      append_row_to: ${{outputs.rows}}
"""
SCORE = "import os\ndef init(): print('hello from init')\ndef run(mini_batch): return [os.path.basename(p) for p in mini_batch]\n"

SLOW = """
    import os, time
    def init(): pass
    def run(mini_batch):
        time.sleep(0.2)
        return [os.path.basename(p) for p in mini_batch]
"""


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    yield from open_workspace(tmp_path_factory.mktemp("cli"))


@pytest.fixture(scope="module")
def small(space: Workspace) -> Path:
    """A pipeline of a command and a parallel step."""
    make_files(space.scratch / "files", 6)
    space.script(SCORE, "score.py")
    return space.pipeline(SMALL, "small.yml")


@pytest.fixture(scope="module")
def done_job(space: Workspace, small: Path) -> str:
    """`small`, Completed; its name."""
    done = space.create(small, "small")
    assert done.code == 0, done.text
    assert "greet | hello mine" in done.out and "✓ score  Completed" in done.out
    return "small"


# ---- submission ------------------------------------------------------------------------------------


def test_stream_with_a_format_prints_only_the_object_on_stdout(space: Workspace, small: Path) -> None:
    done = space.create(small, "object", "-o", "json", "--set", "inputs.word=good day", "--set", "tags.owner=you",
                        "experiment_name=second")
    assert done.code == 0, done.text
    job = json.loads(done.out)
    assert (job["name"], job["status"], job["type"]) == ("object", "Completed", "pipeline"), "the object is refreshed"
    assert (job["inputs"]["word"], job["tags"], job["experiment_name"]) == ("good day", {"owner": "you"}, "second")
    assert "greet | good day mine" in done.err, "logs go to stderr instead"


def test_query_and_no_stream(space: Workspace, small: Path) -> None:
    done = space.run("job", "create", "-f", str(small), "--query", "name", "-o", "tsv")
    name = done.out.strip()
    assert done.code == 0 and done.out == name + "\n" and name, done.text
    assert space.wait_until_over(name) == "Completed"


def test_without_stream_it_returns_at_once(space: Workspace, small: Path) -> None:
    write_pipeline(space, {"slow": Step(SLOW)}, space.scratch / "files", "slow.yml")
    begun = time.monotonic()
    done = space.create(space.scratch / "slow.yml", "background", stream=False)
    assert done.code == 0 and json.loads(done.out)["name"] == "background", done.text
    assert json.loads(done.out)["status"] not in ("Completed", "Failed")
    assert time.monotonic() - begun < 5
    assert space.run("job", "stream", "-n", "background").code == 0
    assert space.status("background") == "Completed"


def test_a_name_is_taken_once(space: Workspace, small: Path, done_job: str) -> None:
    done = space.create(small, done_job)
    assert done.code == 1 and done.out == ""
    assert done.err.startswith("ERROR:") and "small" in done.err and "exists" in done.err


def test_name_wins_over_set(space: Workspace, small: Path) -> None:
    done = space.run("job", "create", "-f", str(small), "--set", "name=other", "-n", "wins", "--query", "name", "-o", "tsv")
    assert done.out == "wins\n", done.text
    assert space.wait_until_over("wins") == "Completed"


def test_set_through_a_reference_is_an_error(space: Workspace, small: Path) -> None:
    done = space.create(small, "reference", "--set", "jobs.greet.environment.image=x")
    assert done.code == 1 and "error[BM113]" in done.err
    done = space.create(small, "reference", "--set", "no-equals-sign")
    assert done.code == 2
    assert not space.job("reference").exists()


def test_strict_refuses_what_is_only_a_notice(space: Workspace, small: Path) -> None:
    done = space.create(small, "strict", "--strict", "--set", "settings.default_compute=azureml:cpu-cluster")
    assert done.code == 1, done.text
    assert "error[BM803]" in done.err and "error[BM804]" in done.err
    assert not space.job("strict").exists()


def test_copied_lines_run(space: Workspace, done_job: str) -> None:
    done = space.run("ml", "job", "show", "-n", done_job, "-g", "group", "-w", "place", "--subscription", "s",
                     "--query", "status", "-o", "tsv")
    assert (done.code, done.out) == (0, "Completed\n")


def test_save_as_writes_yaml(space: Workspace, small: Path) -> None:
    target = space.scratch / "saved.yml"
    done = space.create(small, "saved", "-a", str(target), stream=False)
    assert done.code == 0, done.text
    assert "name: saved" in target.read_text()
    assert space.wait_until_over("saved") == "Completed"


# ---- reading ---------------------------------------------------------------------------------------


def show(space: Workspace, name: str, *flags: str) -> str:
    done = space.run("job", "show", "-n", name, *flags)
    assert done.code == 0, done.text
    return done.out


def test_formats(space: Workspace, done_job: str) -> None:
    text = show(space, done_job)
    job = json.loads(text)
    assert text == json.dumps(job, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    assert "status: Completed\n" in show(space, done_job, "-o", "yaml")
    assert show(space, done_job, "-o", "none") == ""
    assert show(space, done_job, "-o", "JSON") == text, "formats are told apart without case"
    header, dashes, row = show(space, done_job, "-o", "table").splitlines()
    assert "Status" in header.split() and set(dashes) == {"-", " "} and "Completed" in row.split()
    assert show(space, done_job, "--query", "{n:name, s:status}", "-o", "tsv") == "small\tCompleted\n"
    assert show(space, done_job, "--query", "[name, tags.owner]", "-o", "json") == '[\n  "small",\n  "me"\n]\n'
    assert show(space, done_job, "--query", "nothing.here") == "", "null prints nothing"


def test_list(space: Workspace, done_job: str) -> None:
    done = space.run("job", "list", "-p", done_job, "--query", "[].name", "-o", "tsv")
    assert done.out.split() == ["small_greet", "small_score"]
    done = space.run("job", "list", "-p", done_job, "-o", "table")
    assert done.out.splitlines()[0].split("  ")[0] == "Name"
    assert [line.split()[:2] for line in done.out.splitlines()[2:]] == [["small_greet", "Completed"], ["small_score", "Completed"]]
    done = space.run("job", "list", "-r", "1", "-o", "json")
    assert len(json.loads(done.out)) == 1
    names = json.loads(space.run("job", "list", "--query", "[].name").out)
    assert done_job in names and "small_greet" not in names


def test_steps_are_jobs(space: Workspace, done_job: str) -> None:
    step = space.show("small_score")
    assert (step["name"], step["display_name"], step["type"], step["status"]) == ("small_score", "score", "parallel", "Completed")
    assert step["parent_job_name"] == done_job
    done = space.run("job", "stream", "-n", "small_score")
    assert done.code == 0 and "3 mini-batches; 6 items; 6 rows" in done.out and "hello mine" not in done.out, done.text
    done = space.run("job", "stream", "-n", "small_greet")
    assert done.code == 0 and "hello mine" in done.out, done.text


def test_settings_have_their_origin(space: Workspace, done_job: str) -> None:
    step = f"{done_job}_score"
    shown = space.run("job", "show", "-n", step, "--settings")
    assert shown.code == 0 and shown.err == ""
    assert shown.out.splitlines()[0].split() == ["Name", "Value", "Origin", "Place"]
    listed = json.loads(space.run("job", "show", "-n", done_job, "--settings", "-o", "json").out)
    settings = {entry["name"]: entry for entry in listed}
    assert (settings["mini_batch_size"]["value"], settings["mini_batch_size"]["origin"]) == ("2", "node")
    assert settings["mini_batch_size"]["place"].endswith("small.yml:23:22")
    assert settings["bisect"]["origin"] == "default" and not settings["bisect"]["place"]
    assert {entry["step"] for entry in listed} == {"score"}
    refused = space.run("job", "show", "-n", f"{done_job}_greet", "--settings")
    assert refused.code == 1 and f"'{done_job}_greet' is a command step" in refused.err


def test_stream_replays_a_job_that_has_ended(space: Workspace, done_job: str) -> None:
    done = space.run("job", "stream", "-n", done_job)
    assert done.code == 0
    assert done.out.startswith("RunId: small\n")
    assert "greet | hello mine" in done.out and "Execution Summary\n=================\nRunId: small" in done.out


def test_archive_hides_from_lists_only(space: Workspace, small: Path) -> None:
    assert space.create(small, "hidden").code == 0
    assert space.run("job", "archive", "-n", "hidden").code == 0
    assert "hidden" not in json.loads(space.run("job", "list", "--query", "[].name").out)
    assert "hidden" in json.loads(space.run("job", "list", "--include-archived", "--query", "[].name").out)
    assert json.loads(space.run("job", "list", "--archived-only", "--query", "[].name").out) == ["hidden"]
    assert space.status("hidden") == "Completed"
    assert space.run("job", "restore", "-n", "hidden").code == 0
    assert "hidden" in json.loads(space.run("job", "list", "--query", "[].name").out)


def test_download(space: Workspace, done_job: str) -> None:
    target = space.scratch / "downloads"
    done = space.run("job", "download", "-n", done_job, "-p", str(target), "--all")
    assert done.code == 0 and done.out == "", done.text
    assert (target / "named-outputs" / "rows" / "rows").read_text().split() == [f"item-{i}.txt" for i in range(6)]
    assert (target / "artifacts" / "logs" / "azureml" / "executionlogs.txt").exists()

    step = space.scratch / "step"
    assert space.run("job", "download", "-n", "small_score", "-p", str(step)).code == 0
    assert (step / "artifacts" / "logs" / "job_result.txt").read_text().startswith("Completed")
    assert not (step / "named-outputs").exists()
    assert space.run("job", "download", "-n", "small_greet", "--output-name", "copy", cwd=step).code == 0
    assert (step / "named-outputs" / "copy" / "item-1.txt").read_text() == "1\n"

    done = space.run("job", "download", "-n", done_job, "--output-name", "row")
    assert done.code != 0 and "'row'" in done.err and "rows" in done.err


def test_validate(space: Workspace, small: Path) -> None:
    done = space.run("job", "validate", "-f", str(small), "-o", "json")
    assert done.code == 0 and json.loads(done.out)["result"] == "Succeeded"
    done = space.run("job", "validate", "-f", str(small), "--set", "jobs.score.mini_batch_size=ten", "-o", "json")
    result = json.loads(done.out)
    assert (done.code, result["result"], result["errors"][0]["code"]) == (1, "Failed", "BM503")


# ---- usage -----------------------------------------------------------------------------------------

USAGE = [
    (["job", "strem", "-n", "x"], "job stream"),
    (["jbo", "show", "-n", "x"], "job"),
    (["job", "show", "--nme", "x"], "--name"),
    (["job", "show", "-n", "x", "-o", "tabel"], "table"),
    (["job", "show"], "--name"),
    (["job", "create"], "--file"),
    (["job", "show", "--nam", "x"], "--name"),
    (["job", "list", "-r", "many"], "many"),
]


@pytest.mark.parametrize(("words", "expected"), USAGE, ids=[" ".join(words) for words, _ in USAGE])
def test_usage_errors_exit_2_and_suggest(space: Workspace, words: list[str], expected: str) -> None:
    done = space.run(*words)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("ERROR: ") and expected in done.err


@pytest.mark.parametrize("verb", ["show", "stream", "cancel", "resume", "download", "archive", "restore"])
def test_a_job_that_is_not_there_exits_3(space: Workspace, verb: str) -> None:
    done = space.run("job", verb, "-n", "nobody")
    assert (done.code, done.out) == (3, "")
    assert "'nobody'" in done.err.splitlines()[0]


def test_a_file_that_is_not_there_exits_1(space: Workspace) -> None:
    done = space.run("job", "create", "-f", "/no/such.yml")
    assert done.code == 1
    assert done.err.startswith("/no/such.yml: error[BM101]: cannot read '/no/such.yml': No such file or directory\n")


@pytest.mark.parametrize("command", [[], ["job"], *(["job", verb] for verb in (
    "create", "show", "list", "stream", "cancel", "resume", "download", "validate", "try", "archive", "restore")), ["explain"]],
    ids=" ".join)
def test_help_everywhere(space: Workspace, command: list[str]) -> None:
    done = space.run(*command, "--help")
    assert done.code == 0 and done.err == ""
    assert "-h, --help" in done.out
    assert max(len(line) for line in done.out.splitlines()) <= 100
    assert space.run(*command, "-h").out == done.out


def test_explain(space: Workspace) -> None:
    done = space.run("explain", "BM105")
    assert done.code == 0 and "mini_batch_sise: 5" in done.out and "mini_batch_size: 5" in done.out
    assert space.run("explain", "bm105").out == done.out
    assert space.run("explain", "BM1050").code == 1


# ---- cancel, resume ---------------------------------------------------------------------------------


def test_cancel_a_running_job(space: Workspace, small: Path) -> None:
    files = make_files(space.scratch / "many", 200)
    file = write_pipeline(space, {"long": Step(SLOW), "after": Step(SLOW)}, files, "long.yml")
    assert space.create(file, "canceled", stream=False).code == 0
    log = StepLogs(space, "canceled", "long")
    wait_for(lambda: log.status == "Running", 30, lambda: log.status)
    done = space.run("job", "cancel", "-n", "canceled")
    assert (done.code, done.out) == (0, ""), done.text
    assert space.wait_until_over("canceled", 30) == "Canceled"
    space.assert_nothing_left()
    assert log.status == "Canceled"
    assert log.result.startswith("Canceled")
    assert not log.has_rows(), "rows are not appended"
    streamed = space.run("job", "stream", "-n", "canceled")
    assert streamed.code == 1 and "Canceled" in streamed.out
    again = space.run("job", "cancel", "-n", "canceled")
    assert again.code == 0


def test_cancel_while_it_is_streamed(space: Workspace, small: Path) -> None:
    import subprocess

    files = make_files(space.scratch / "many", 200)
    file = write_pipeline(space, {"long": Step(SLOW)}, files, "watched.yml")
    with subprocess.Popen([str(BINARY), "job", "create", "-f", str(file), "-n", "watched", "--stream"],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=space.environment()) as watcher:
        wait_for(lambda: space.status("watched_long") == "Running", 30, lambda: space.status("watched"))
        assert space.run("job", "cancel", "-n", "watched").code == 0
        text, _ = watcher.communicate(timeout=30)
    assert watcher.returncode == 1
    assert "Status: Canceled" in text
    space.assert_nothing_left()


def test_resume_after_a_failure_runs_only_what_failed(space: Workspace, small: Path) -> None:
    permit = space.scratch / "permit"
    script = f"""
        import os
        def init(): pass
        def run(mini_batch):
            if mini_batch[0].endswith("item-2.txt") and not os.path.exists({str(permit)!r}):
                raise RuntimeError("not permitted")
            return [os.path.basename(p) + " " + str(os.getpid()) for p in mini_batch]
    """
    step = Step(script, {"mini_batch_error_threshold": 0})
    done = space.create(write_pipeline(space, {"part": step}, space.scratch / "files", "part.yml"), "again")
    log = StepLogs(space, "again", "part")
    assert done.code == 1 and "batchmill job resume -n again" in done.text
    before = {row["Mini-batch Id"]: row["Status"] for row in log.attempts()}
    assert before["0"] == "RUN_DONE" and before["1"] == "RUN_EXCEPTION"

    permit.touch()
    resumed = space.run("job", "resume", "-n", "again", "--stream")
    assert resumed.code == 0, resumed.text
    assert (space.status("again"), log.status) == ("Completed", "Completed")
    assert [row.split()[0] for row in log.rows()] == [f"item-{i}.txt" for i in range(6)]
    tries = [row["Mini-batch Id"] for row in log.attempts() if row["Status"] == "RUN_DONE"]
    assert sorted(tries) == ["0", "1", "2"], "what had succeeded did not run again"
    assert "3 total, 3 succeeded, 0 failed" in log.result
    assert space.run("job", "resume", "-n", "again").code == 0, "a completed job has nothing to resume"
    space.assert_nothing_left()


def test_resume_while_the_earlier_leader_is_still_leaving(space: Workspace, small: Path) -> None:
    import fcntl
    import subprocess

    permit = space.scratch / "late-permit"
    file = space.pipeline(f"""
type: pipeline
jobs:
  once: {{command: test -e {permit}, environment: azureml:none:1}}
""", "once.yml")
    assert space.create(file, "leaving").code == 1
    space.assert_nothing_left()
    permit.touch()
    (space.job("leaving") / "control").mkdir(exist_ok=True)
    (space.job("leaving") / "control" / "cancel-late.json").write_text('{"version": 1}')
    with (space.job("leaving") / "leader.lock").open("r+") as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)  # as a leader does until its agents are gone
        resumed = subprocess.Popen([str(BINARY), "job", "resume", "-n", "leaving", "--stream"], text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=space.environment())
        time.sleep(1)
        fcntl.lockf(lock, fcntl.LOCK_UN)
    text, _ = resumed.communicate(timeout=30)
    assert resumed.returncode == 0, text
    assert space.status("leaving") == "Completed", "and the cancel that came too late is not meant for this run"
    space.assert_nothing_left()


def test_resume_after_a_cancel(space: Workspace, small: Path) -> None:
    files = make_files(space.scratch / "some", 30)
    file = write_pipeline(space, {"long": Step(SLOW)}, files, "cut.yml")
    assert space.create(file, "cut", stream=False).code == 0
    wait_for(lambda: space.status("cut_long") == "Running", 30, lambda: space.status("cut"))
    time.sleep(1)
    assert space.run("job", "cancel", "-n", "cut").code == 0
    assert space.wait_until_over("cut", 30) == "Canceled"
    resumed = space.run("job", "resume", "-n", "cut", "--stream")
    assert resumed.code == 0, resumed.text
    log = StepLogs(space, "cut", "long")
    assert sorted(log.rows()) == sorted(f"item-{i}.txt" for i in range(30))
    done = [row["Mini-batch Id"] for row in log.attempts() if row["Status"] == "RUN_DONE"]
    assert len(done) == len(set(done)) == 15
    space.assert_nothing_left()

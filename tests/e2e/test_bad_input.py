"""Bad input: one clear first line, the right status and exit code, complete logs, nothing left behind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import Done, Workspace
from parallel_pipeline import Step, StepLogs, make_files, open_workspace, write_pipeline

ECHO = """
    import os
    def init(): pass
    def run(mini_batch):
        return [os.path.basename(p) for p in mini_batch]
"""

TEN_MISTAKES = """\
type: pipeline
descripton: the first mistake
inputs:
  files: {type: uri_folder, path: ./files}
jobs:
  score:
    type: parallel
    input_data: ${{inputs.files}}
    mini_batch_sise: 5
    mini_batch_size: "10"
    logging_level: LOUD
    max_concurrency_per_instance: 0
    retry_settings: {max_retries: -3, timeout: 60}
    error_threshold: many
    inputs:
      files: ${{parent.inputs.fils}}
    outputs:
      rows: {type: uri_file}
    task:
      type: run_function
      code: ./src
      entry_script: no_such.py
      environment: azureml:none:1
      append_row_to: ${{outputs.row}}
  report:
    command: echo ${{inputs.a}}
    environment: azureml:none:1
    inputs:
      a: ${{parent.jobs.scor.outputs.rows}}
"""
TEN_PLACES = [  # line and code of each
    (2, "BM105"), (9, "BM105"), (11, "BM109"), (12, "BM505"), (13, "BM505"), (14, "BM108"),
    (16, "BM204"), (22, "BM509"), (24, "BM207"), (29, "BM205"),
]


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    yield from open_workspace(tmp_path_factory.mktemp("bad"))


@pytest.fixture(scope="module")
def files(space: Workspace) -> Path:
    return make_files(space.scratch / "files", 6)


def create(space: Workspace, name: str, step: Step, files: Path) -> Done:
    """A job with one step of the same name, to its end; nothing may be left of it."""
    done = space.create(write_pipeline(space, {name: step}, files, f"{name}.yml"), name)
    space.assert_nothing_left()
    return done


def first_error(done: Done) -> str:
    return next((line for line in done.text.splitlines() if line.startswith("ERROR:") or ": error[" in line), done.text)


def assert_refused(space: Workspace, name: str, done: Done) -> None:
    assert done.code == 1, done.text
    assert not space.job(name).exists(), "nothing is run and nothing is stored"
    assert "nothing was submitted" in done.err
    assert done.out == "", "stdout stays empty"
    assert "Traceback" not in done.text


def assert_failed_by_name(space: Workspace, name: str, done: Done, first: str) -> StepLogs:
    """The first ERROR line matches; statuses, exit codes and logs agree."""
    log = StepLogs(space, name, name)
    assert done.code == 1, done.text
    assert re.match(rf"ERROR: {name}: {first}", first_error(done)), done.text
    assert (space.status(name), log.status) == ("Failed", "Failed")
    assert re.match(rf"Failed +{name} \(job {name}_{name}\).* exit 42: .+\n", log.result), log.result
    assert re.search(first, log.result), "job_result.txt says the same"
    assert re.search(first, log.first_line) or re.search(first, log.errors)
    assert (log.folder / "readme.txt").exists()
    assert not log.has_rows(), "no half-written file appears"
    return log


def test_ten_mistakes_are_reported_at_once(space: Workspace, files: Path) -> None:
    space.script(ECHO.replace("\n    ", "\n"), "other.py")
    done = space.create(space.pipeline(TEN_MISTAKES, "ten.yml"), "ten", cwd=space.scratch)
    assert_refused(space, "ten", done)
    found = [(int(line), code) for line, code in re.findall(r"^\S*ten\.yml:(\d+):\d+: error\[(BM\d+)\]", done.err, re.M)]
    assert found == TEN_PLACES
    assert "10 errors; nothing was submitted" in done.err


def test_a_missing_input_folder(space: Workspace, files: Path) -> None:
    (space.scratch / "day-01").mkdir()
    done = create(space, "missing", Step(ECHO), space.scratch / "day-02")
    assert_refused(space, "missing", done)
    assert re.search(r"error\[BM402\]: no such folder: \S*/day-02", first_error(done)), done.err
    assert "day-01" in done.err, "names what is near"


def test_a_syntax_error_in_the_entry_script(space: Workspace, files: Path) -> None:
    done = create(space, "syntax", Step("import os\ndef run(mini_batch:\n    return mini_batch\n"), files)
    assert_refused(space, "syntax", done)
    assert re.search(r"error\[BM510\]: syntax\.py:2:\d+: SyntaxError: ", first_error(done)), done.err


def test_a_syntax_error_that_nobody_checked(space: Workspace, files: Path) -> None:
    file = write_pipeline(space, {"unchecked": Step("def run(mini_batch:\n    pass\n", {"max_concurrency_per_instance": 2})}, files)
    done = space.create(file, "unchecked", "--skip-validation")
    space.assert_nothing_left()
    log = assert_failed_by_name(space, "unchecked", done, r"unchecked\.py:1: SyntaxError: ")
    assert "SyntaxError" in log.user("error")


def test_a_script_without_run(space: Workspace, files: Path) -> None:
    done = create(space, "norun", Step("def init(): pass\ndef rum(mini_batch):\n    return mini_batch\n"), files)
    log = assert_failed_by_name(space, "norun", done, r"norun\.py has no function run")
    assert re.search(r"rename 'rum'", done.text), "names the function that was probably meant"
    assert log.attempts() == [], "no mini-batch was tried"


def test_an_import_that_fails(space: Workspace, files: Path) -> None:
    step = Step("import os\nimport no_such_package\ndef run(mini_batch):\n    return mini_batch\n")
    done = create(space, "importing", step, files)
    assert_refused(space, "importing", done)
    assert "error[BM805]: importing.py:2 imports 'no_such_package'" in first_error(done)

    done = space.create(write_pipeline(space, {"importing": step}, files), "importing", "--skip-validation")
    space.assert_nothing_left()
    log = assert_failed_by_name(space, "importing", done,
                                r"importing\.py:2: ModuleNotFoundError: No module named 'no_such_package'")
    assert "no_such_package" in log.user("error")


def test_an_exception_in_init(space: Workspace, files: Path) -> None:
    script = """
        def load(path):
            return open(path)
        def init():
            load("/no/such/model")
        def run(mini_batch):
            return mini_batch
    """
    done = create(space, "init", Step(script), files)
    log = assert_failed_by_name(space, "init", done, r"init\.py:3 in load: FileNotFoundError: .*'/no/such/model'")
    assert re.search(r"init failed 3 times on node 0 \(limit 3 x 1 workers?\)", done.text), "three tries for the one worker"
    assert log.user("error").count("FileNotFoundError") == 3


def with_rows_at(space: Workspace, name: str, script: str, files: Path, target: Path) -> Path:
    """A pipeline of one step whose aggregated file is `target`."""
    file = write_pipeline(space, {name: Step(script)}, files, f"{name}.yml")
    file.write_text(file.read_text().replace('"type": "uri_file"', f'"type": "uri_file", "path": "{target}"'))
    return file


def test_an_output_below_a_file_is_refused(space: Workspace, files: Path) -> None:
    target = files / "item-0.txt" / "rows.txt"
    done = space.create(with_rows_at(space, "below", ECHO, files, target), "below")
    assert_refused(space, "below", done)
    assert f"error[BM409]: cannot write to {target}: " in first_error(done)


def test_an_output_that_only_writing_shows_to_be_impossible(space: Workspace, files: Path) -> None:
    done = space.create(with_rows_at(space, "kernel", ECHO, files, Path("/proc/rows.txt")), "kernel")
    space.assert_nothing_left()
    log = StepLogs(space, "kernel", "kernel")
    assert done.code == 1, done.text
    assert first_error(done).startswith("ERROR: kernel: cannot write /proc/rows.txt: "), done.text
    assert log.status == "Failed"
    assert "cannot write /proc/rows.txt" in log.result and "cannot write /proc/rows.txt" in log.errors


def test_an_output_that_becomes_unwritable(space: Workspace, files: Path) -> None:
    folder = space.scratch / "target"
    script = f"""
        import os
        def init():
            if os.path.isdir({str(folder)!r}):
                os.rename({str(folder)!r}, {str(folder)!r} + ".away")
            open({str(folder)!r}, "w").close()
        def run(mini_batch):
            return [os.path.basename(p) for p in mini_batch]
    """
    done = space.create(with_rows_at(space, "late", script, files, folder / "rows.txt"), "late")
    space.assert_nothing_left()
    log = StepLogs(space, "late", "late")
    assert done.code == 1, done.text
    assert first_error(done).startswith(f"ERROR: late: cannot write {folder}/rows.txt: "), done.text
    assert log.status == "Failed"
    assert log.statuses() == ["RUN_DONE"] * 3

    folder.unlink()
    (space.scratch / "src" / "late.py").write_text("raise RuntimeError('a resumed job runs its snapshot')")
    resumed = space.run("job", "resume", "-n", "late", "--stream")
    assert resumed.code == 0, resumed.text
    assert len((folder / "rows.txt").read_text().splitlines()) == 6
    assert log.statuses() == ["RUN_DONE"] * 3, "no mini-batch ran again: only the merge was left"
    space.assert_nothing_left()


@pytest.mark.parametrize("allowed", [False, True])
def test_an_empty_input(space: Workspace, allowed: bool) -> None:
    empty = space.scratch / "empty"
    (empty / "folder").mkdir(parents=True, exist_ok=True)
    name = "allowed" if allowed else "empty"
    done = create(space, name, Step(ECHO, arguments="--allow_empty_input True" if allowed else ""), empty)
    log = StepLogs(space, name, name)
    if not allowed:
        assert_failed_by_name(space, name, done, rf"input 'files' is empty: no file below {empty}")
        assert "--allow_empty_input True" in done.text
        return
    assert done.code == 0, done.text
    assert (space.status(name), log.status) == ("Completed", "Completed")
    assert "0 total" in log.result
    assert log.rows() == []


RAGGED = """
type: pipeline
jobs:
  {step}:
    type: parallel
    input_data: ${{{{inputs.table}}}}
    mini_batch_size: "1kb"
    max_concurrency_per_instance: 1
    retry_settings: {{max_retries: 1}}
    {threshold}
    inputs:
      table: {{type: mltable, mode: direct, path: ./table}}
    outputs: {{rows: {{type: uri_file}}}}
    task:
      type: run_function
      code: ./src
      entry_script: table.py
      environment: azureml:none:1
      append_row_to: ${{{{outputs.rows}}}}
"""


def make_table(space: Workspace) -> None:
    table = space.scratch / "table"
    table.mkdir(exist_ok=True)
    (table / "MLTable").write_text(
        "paths: [{pattern: ./*.csv}]\ntransformations:\n- read_delimited: {delimiter: ',', header: all_files_same_headers, encoding: utf8}\n")
    for day in range(3):
        lines = ["day,number"] + [f"{day},{number}" for number in range(5)]
        if day == 1:
            lines.insert(3, "1,2,3,4")
        (table / f"day-{day}.csv").write_text("\n".join(lines) + "\n")
    space.script("def init(): pass\ndef run(mini_batch):\n    return mini_batch\n", "table.py")


@pytest.mark.parametrize("strict", [False, True])
def test_ragged_rows(space: Workspace, strict: bool) -> None:
    make_table(space)
    name = "ragged" if strict else "tolerant"
    text = RAGGED.format(step=name, threshold="mini_batch_error_threshold: 0" if strict else "")
    done = space.create(space.pipeline(text, f"{name}.yml"), name)
    space.assert_nothing_left()
    log = StepLogs(space, name, name)
    cause = r"day-1\.csv:4: 4 fields, the header has 2"
    tries = [row["Status"] for row in log.attempts() if row["Mini-batch Id"] == "1"]
    assert tries == ["LOAD_EXCEPTION"] * 2, "bad data is a failed attempt and retried as such"
    if strict:
        assert_failed_by_name(space, name, done, cause)
        assert "mini_batch_error_threshold is 0" in done.text
        return
    assert (done.code, log.status) == (0, "Completed"), done.text
    assert re.search(cause, log.errors), log.errors
    assert f"{name} is Completed although 1 of 3 mini-batches (33 %) failed" in done.text
    assert log.rows() == [f"{day} {number}" for day in (0, 2) for number in range(5)]


@pytest.mark.parametrize("strict", [False, True])
def test_a_file_that_vanishes_after_listing(space: Workspace, strict: bool) -> None:
    name = "vanished" if strict else "fleeting"
    folder = make_files(space.scratch / f"{name}-files", 6)
    script = f"""
        import os
        def init():
            if os.path.exists({str(folder / "item-3.txt")!r}):
                os.remove({str(folder / "item-3.txt")!r})
        def run(mini_batch):
            return [open(path).read().strip() for path in mini_batch]
    """
    done = create(space, name, Step(script, {"mini_batch_error_threshold": 0} if strict else {}, {"max_retries": 1}), folder)
    log = StepLogs(space, name, name)
    cause = r"item-3\.txt vanished after it was listed"
    bad = [row["Status"] for row in log.attempts() if row["Mini-batch Id"] == "1"]
    assert len(bad) == 2 and set(bad) <= {"RUN_EXCEPTION", "LOAD_EXCEPTION"}
    if strict:
        assert_failed_by_name(space, name, done, cause)
        return
    assert (done.code, log.status) == (0, "Completed")
    assert re.search(cause, log.errors), log.errors
    assert f"{name} is Completed although 1 of 3" in done.text
    assert log.rows() == ["0", "1", "4", "5"]


def test_a_command_step_that_fails_cancels_what_waits_for_it(space: Workspace) -> None:
    space.script("import sys\nprint('on stdout')\nprint('on stderr', file=sys.stderr)\nraise KeyError('price')\n", "train.py")
    done = space.create(space.pipeline("""
type: pipeline
jobs:
  train:
    command: python train.py --model ${{outputs.model}}
    code: ./src
    environment: azureml:none:1
    outputs: {model: {type: uri_folder}}
  report:
    command: ls ${{inputs.model}}
    environment: azureml:none:1
    inputs: {model: "${{parent.jobs.train.outputs.model}}"}
  apart:
    command: echo independent
    environment: azureml:none:1
""", "command.yml"), "command")
    space.assert_nothing_left()
    assert done.code == 1
    assert first_error(done).startswith("ERROR: train: train.py:4"), done.text
    assert "KeyError: 'price'" in first_error(done)
    statuses = {step: space.status(f"command_{step}") for step in ("train", "report", "apart")}
    assert statuses == {"train": "Failed", "report": "Canceled", "apart": "Completed"}
    assert space.show("command_report")["reason"] == "train failed"
    log = (space.step("command", "train") / "user_logs" / "std_log.txt").read_text()
    assert "on stdout" in log and "on stderr" in log and "KeyError: 'price'" in log

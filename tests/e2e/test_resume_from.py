"""A new job takes over what an earlier one committed (parallel-job.md 5.9; cli.md 8)."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
from harness import Done, Workspace, wait_for
from kill_at_write import Killer
from parallel_pipeline import Step, StepLogs, make_files, write_pipeline

MINI_BATCHES = 50
FILES = 2 * MINI_BATCHES

SCRIPT = """
    import os
    BAD = {bad}
    def init(): pass
    def run(mini_batch, mini_batch_context):
        with open(os.path.join(os.environ["MARKS"], "runs.txt"), "a") as file:
            file.write(f"{{mini_batch_context.minibatch_index}}\\n")
        if mini_batch_context.minibatch_index in BAD:
            raise ValueError("bad code")
        return [os.path.basename(p) + {suffix!r} for p in mini_batch]
"""


def script(bad: set[int], suffix: str = "") -> str:
    return SCRIPT.format(bad=bad or "()", suffix=suffix)


def names(suffix: str = "") -> list[str]:
    return [name + suffix for name in sorted(f"item-{index}.txt" for index in range(FILES))]


class Runs:
    """Jobs over the same files, and which mini-batches each of them ran."""

    def __init__(self, workspace: Workspace, folder: Path) -> None:
        self.workspace = workspace
        self.files = make_files(folder / "files", FILES)
        self.marks = folder / "marks"
        self.marks.mkdir()

    def create(self, name: str, bad: set[int], *flags: str, suffix: str = "", stream: bool = True, env: dict | None = None,
               arguments: str = "", **keys) -> Done:
        keys = {"environment_variables": {"MARKS": str(self.marks)}, **keys}
        step = Step(script(bad, suffix), keys=keys, arguments=arguments)
        self.ran()
        return self.workspace.create(write_pipeline(self.workspace, {"score": step}, self.files), name, *flags,
                                     stream=stream, env=env)

    def ran(self) -> list[int]:
        """Since the last time."""
        file = self.marks / "runs.txt"
        if not file.exists():
            return []
        indices = sorted(int(line) for line in file.read_text().split())
        file.unlink()
        return indices

    def rows(self, name: str) -> list[str]:
        return StepLogs(self.workspace, name, "score").rows()

    def status(self, name: str) -> str:
        return self.workspace.status(f"{name}_score")


@pytest.fixture
def runs(workspace: Workspace, tmp_path: Path):
    yield Runs(workspace, tmp_path)
    workspace.assert_nothing_left()


def test_only_failed_mini_batches_of_a_completed_step_run_again(runs: Runs) -> None:
    first = runs.create("first", {4, 17, 49})
    assert first.code == 0, first.text
    assert runs.ran() == list(range(MINI_BATCHES))
    second = runs.create("second", set(), "--resume-from", "first", "--accept-new-code")
    assert second.code == 0, second.text
    assert runs.ran() == [4, 17, 49]
    assert runs.rows("second") == names()
    assert "47 of 50 mini-batches are taken over from 'first'" in second.text
    assert "50 total, 50 succeeded, 0 failed" in StepLogs(runs.workspace, "second", "score").result
    assert len(runs.rows("first")) == FILES - 6


def test_what_a_failed_step_did_is_kept_and_the_rest_runs(runs: Runs) -> None:
    first = runs.create("first", {30}, mini_batch_error_threshold=0)
    assert first.code == 1
    before = set(runs.ran()) - {30}
    second = runs.create("second", set(), "--resume-from", "first", "--accept-new-code", suffix=" fixed",
                         mini_batch_error_threshold=0)
    assert second.code == 0, second.text
    after = set(runs.ran())
    assert 30 in after
    assert after | before == set(range(MINI_BATCHES))
    assert before - after, "nothing was kept"
    kept = {index for index in range(MINI_BATCHES) if index not in after}
    expected = [name + (" fixed" if index // 2 not in kept else "") for index, name in enumerate(names())]
    assert runs.rows("second") == expected


def test_a_resumed_job_can_be_resumed_from(runs: Runs) -> None:
    assert runs.create("one", {3, 8, 40}).code == 0
    assert runs.create("two", {8, 40}, "--resume-from", "one", "--accept-new-code", suffix=" two").code == 0
    assert runs.ran() == [3, 8, 40]
    done = runs.create("three", {40}, "--resume-from", "two", "--accept-new-code", suffix=" three",
                       allowed_failed_percent=0)
    assert done.code == 1
    done = runs.create("four", set(), "--resume-from", "three", "--accept-new-code", suffix=" four")
    assert done.code == 0, done.text
    assert runs.ran() == [40]
    suffixes = {3: " two", 8: " three", 40: " four"}
    assert runs.rows("four") == [name + suffixes.get(index // 2, "") for index, name in enumerate(names())]


def test_a_header_and_bisected_parts_are_kept(workspace: Workspace, tmp_path: Path) -> None:
    files = make_files(tmp_path / "files", 16)
    text = """
        import os
        import pandas
        def init(): pass
        def run(mini_batch):
            if any(p.endswith({bad!r}) for p in mini_batch):
                raise ValueError("bad")
            return pandas.DataFrame({{"name": [os.path.basename(p) for p in mini_batch], "n": len(mini_batch)}})
    """
    keys = {"bisect": True, "mini_batch_size": 4, "append_row_format": "csv"}

    def create(name: str, bad: str, *flags: str) -> StepLogs:
        step = Step(text.format(bad=bad), keys=keys)
        done = workspace.create(write_pipeline(workspace, {"score": step}, files), name, *flags)
        assert done.code == 0, done.text
        return StepLogs(workspace, name, "score")

    first = create("first", "item-5.txt")
    assert first.rows()[0] == "name,n"
    assert len(first.rows()) == 16
    second = create("second", "none", "--resume-from", "first", "--accept-new-code")
    assert second.rows()[0] == "name,n"
    assert [row.split(",")[0] for row in second.rows()[1:]] == sorted(f"item-{n}.txt" for n in range(16))
    workspace.assert_nothing_left()


def test_a_completed_step_is_taken_over_whole_and_what_reads_it_goes_on(workspace: Workspace, tmp_path: Path) -> None:
    files = make_files(tmp_path / "files", 8)
    count = tmp_path / "prepared.txt"
    pipeline = """
type: pipeline
inputs: {{files: {{type: uri_folder, path: {files}}}}}
jobs:
  prepare:
    type: command
    command: echo once >> {count} && cp ${{{{inputs.files}}}}/* ${{{{outputs.copy}}}}
    environment: azureml:none:1
    inputs: {{files: "${{{{parent.inputs.files}}}}"}}
    outputs: {{copy: {{type: uri_folder}}}}
  score:
    type: parallel
    input_data: ${{{{inputs.copy}}}}
    mini_batch_size: "2"
    max_concurrency_per_instance: 1
    mini_batch_error_threshold: 0
    retry_settings: {{max_retries: 0}}
    inputs: {{copy: "${{{{parent.jobs.prepare.outputs.copy}}}}"}}
    outputs: {{rows: {{type: uri_file}}}}
    environment_variables: {{MARKS: {marks}}}
    task: {{type: run_function, code: src, entry_script: score.py, environment: "azureml:none:1",
           append_row_to: "${{{{outputs.rows}}}}"}}
""".format(files=files, count=count, marks=tmp_path)
    file = workspace.pipeline(pipeline)
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "score.py").write_text(dedent(script({3})))
    assert workspace.create(file, "first").code == 1
    (tmp_path / "runs.txt").unlink()
    (tmp_path / "src" / "score.py").write_text(dedent(script(set())))
    done = workspace.create(file, "second", "--resume-from", "first", "--accept-new-code")
    assert done.code == 0, done.text
    assert count.read_text() == "once\n"
    assert (tmp_path / "runs.txt").read_text() == "3\n"
    assert workspace.show("second_prepare")["properties"]["azureml.reusedrunid"] == "first_prepare"
    log = (workspace.job("second") / "logs" / "azureml" / "executionlogs.txt").read_text()
    assert "Reusing the results of run id first_prepare for run id second_prepare" in log
    # Of a chain of jobs, what was taken over is found where it ran.
    done = workspace.create(file, "third", "--resume-from", "second")
    assert done.code == 0, done.text
    assert count.read_text() == "once\n"
    assert (tmp_path / "runs.txt").read_text() == "3\n"
    for step, origin in {"prepare": "first_prepare", "score": "second_score"}.items():
        assert workspace.show(f"third_{step}")["properties"]["azureml.reusedrunid"] == origin
    workspace.assert_nothing_left()


def test_a_completed_step_is_taken_over_only_if_its_input_is_the_same(runs: Runs) -> None:
    assert runs.create("first", set()).code == 0
    done = runs.create("second", set(), "--resume-from", "first")
    assert done.code == 0 and "50 mini-batches" in done.text, done.text
    assert runs.ran() == []
    assert runs.workspace.show("second_score")["properties"]["azureml.reusedrunid"] == "first_score"
    (runs.files / "later.txt").write_text("x")
    done = runs.create("third", set(), "--resume-from", "second")
    assert "input 'files': 100 files then, 101 files now" in refused(done)
    assert runs.ran() == []


def refused(done: Done) -> str:
    assert done.code == 1, done.text
    return done.text


CHANGES: dict[str, tuple[Callable[[Path], object], dict, str]] = {
    "renamed": (lambda files: (files / "item-3.txt").rename(files / "item-3a.txt"), {},
                "input 'files': item 23 was 'item-3.txt' and is now 'item-30.txt'"),
    "one_more": (lambda files: (files / "later.txt").write_text("x"), {}, "input 'files': 100 files then, 101 files now"),
    "one_less": (lambda files: (files / "item-99.txt").unlink(), {}, "input 'files': 'item-99.txt' is gone"),
    "cut": (lambda files: None, {"mini_batch_size": 5}, "mini_batch_size was 2, is 5"),
    "format": (lambda files: None, {"append_row_format": "jsonl"}, "append_row_format was text, is jsonl"),
    "provenance": (lambda files: None, {"append_row_provenance": True}, "append_row_provenance was false, is true"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_input_or_cut_is_refused_by_name(runs: Runs, change: str) -> None:
    happen, keys, words = CHANGES[change]
    assert runs.create("first", {4}).code == 0
    happen(runs.files)
    done = runs.create("second", {4}, "--resume-from", "first", **keys)
    assert words in refused(done)
    assert runs.ran() == []


STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|\.\d{6}\+00:00)"


@pytest.mark.parametrize("mode", ["ro_mount", "download"])
def test_a_file_that_changed_in_place_is_refused_by_name(runs: Runs, mode: str) -> None:
    inputs = {"files": {"path": "${{parent.inputs.files}}", "mode": mode}}
    assert runs.create("first", {4}, inputs=inputs).code == 0
    runs.ran()
    kept, also_kept, failed = (runs.files / names()[item] for item in (0, 99, 8))
    failed.write_text("mended\n")
    done = runs.create("second", set(), "--resume-from", "first", "--accept-new-code", inputs=inputs)
    assert done.code == 0, done.text
    assert runs.ran() == [4]
    assert runs.rows("second") == names()

    times = {file: file.stat().st_mtime_ns for file in (kept, also_kept)}
    for file in times:
        file.write_text("other bytes under the same name\n")
    text = refused(runs.create("third", set(), "--resume-from", "first", "--accept-new-code", inputs=inputs))
    assert re.search(rf"input 'files': {kept.name} was changed at {STAMP}, after its rows were made at {STAMP}; "
                     "so was 1 more file; start anew", text), text
    assert runs.ran() == []

    for file, time in times.items():
        os.utime(file, ns=(time, time))
    assert runs.create("fourth", set(), "--resume-from", "first", "--accept-new-code", inputs=inputs).code == 0
    assert runs.ran() == [4]


def test_changed_code_needs_to_be_accepted(runs: Runs) -> None:
    assert runs.create("first", {4}).code == 0
    done = runs.create("second", set(), "--resume-from", "first")
    assert "score.py" in refused(done)
    assert "--accept-new-code" in done.text


def test_a_running_job_is_not_resumed_from(runs: Runs) -> None:
    first = runs.create("first", {4}, stream=False, environment_variables={"MARKS": str(runs.marks)},
                        max_mini_batches_per_second=1)
    assert first.code == 0, first.text
    wait_for(lambda: runs.workspace.status("first") == "Running", 60, lambda: runs.workspace.status("first"))
    done = runs.create("second", {4}, "--resume-from", "first", max_mini_batches_per_second=1)
    assert "'first' is Running" in refused(done)
    assert runs.workspace.run("job", "cancel", "-n", "first").code == 0
    assert runs.workspace.wait_until_over("first") == "Canceled"


@pytest.mark.parametrize("name", ["first", "first_score"])
def test_the_argument_resume_from_does_it_for_one_step(runs: Runs, name: str) -> None:
    assert runs.create("first", {4}).code == 0
    runs.ran()
    done = runs.create("second", {4}, arguments=f"--resume_from {name}")
    assert done.code == 0, done.text
    assert runs.ran() == [4]


def test_rows_that_are_gone_run_again(runs: Runs) -> None:
    assert runs.create("first", {4}).code == 0
    rows = runs.workspace.output("first", "score", "rows") / "rows"
    rows.write_text(rows.read_text().replace("item-9.txt", "item-X.txt"))
    done = runs.create("second", set(), "--resume-from", "first", "--accept-new-code")
    assert done.code == 0, done.text
    assert "the rows of 'first' are gone or were changed" in done.text
    assert runs.rows("second") == names()


def test_the_leader_may_die_at_any_write_while_it_takes_over(runs: Runs, tmp_path: Path) -> None:
    killer = Killer.build(tmp_path)
    assert runs.create("first", {4, 17}).code == 0
    killed = 0
    for first in range(1, 25, 8):
        marks = {f"write_{write}": tmp_path / f"killed-{write}" for write in range(first, first + 8)}
        for write, (name, mark) in enumerate(marks.items(), first):
            done = runs.create(name, set(), "--resume-from", "first", "--accept-new-code", stream=False,
                               env=killer.environment(write, mark))
            assert done.code == 0, done.text
        for name in marks:
            assert runs.workspace.wait_until_over(name) == "Completed", name
            assert runs.rows(name) == names(), name
        killed += sum(mark.exists() for mark in marks.values())
        if not all(mark.exists() for mark in marks.values()):
            break
    assert set(runs.ran()) <= {4, 17}
    assert killed > 10, "the shim saw too few writes to mean anything"


def test_a_resumed_job_keeps_rows_of_several_nodes(runs: Runs) -> None:
    first = runs.create("first", {4}, resources={"instance_count": 2}, stream=False)
    assert first.code == 0, first.text
    wait_for(lambda: (runs.marks / "runs.txt").exists(), 60, lambda: "nothing ran")
    assert runs.workspace.wait_until_over("first") == "Completed"
    runs.ran()
    done = runs.create("second", set(), "--resume-from", "first", "--accept-new-code", resources={"instance_count": 2})
    assert done.code == 0, done.text
    assert runs.ran() == [4]
    assert runs.rows("second") == names()

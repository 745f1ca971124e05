"""Small pipelines of parallel steps over a folder of small files, and what the logs say of them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

from harness import Workspace


@dataclass
class Step:
    """A parallel step over the input `files`, two files a mini-batch, whose rows go to the output `rows`."""

    script: str
    keys: dict = field(default_factory=dict)
    retry: dict = field(default_factory=lambda: {"max_retries": 0})
    arguments: str = ""
    append: bool = True
    outputs: dict = field(default_factory=dict)

    def as_yaml(self, entry: str) -> dict:
        task = {"type": "run_function", "code": "src", "entry_script": entry, "environment": "azureml:none:1",
                "program_arguments": self.arguments}
        outputs = dict(self.outputs)
        if self.append:
            task["append_row_to"] = "${{outputs.rows}}"
            outputs["rows"] = {"type": "uri_file"}
        step = {"type": "parallel", "input_data": "${{inputs.files}}", "mini_batch_size": 2,
                "max_concurrency_per_instance": 1, "retry_settings": self.retry,
                "inputs": {"files": "${{parent.inputs.files}}"}, "outputs": outputs, "task": task, **self.keys}
        return {key: value for key, value in step.items() if value is not None}  # None leaves a key out


def make_files(folder: Path, count: int) -> Path:
    """`count` files `item-0.txt` ...; the content of each is its number."""
    folder.mkdir(parents=True, exist_ok=True)
    for index in range(count):
        (folder / f"item-{index}.txt").write_text(f"{index}\n")
    return folder


def write_pipeline(workspace: Workspace, steps: dict[str, Step], files: Path, name: str = "pipeline.yml") -> Path:
    """The pipeline with these steps and their scripts, `<step>.py` each. (JSON is YAML.)"""
    for step, content in steps.items():
        workspace.script(dedent(content.script), f"{step}.py")
    document = {"type": "pipeline", "inputs": {"files": {"type": "uri_folder", "path": str(files)}},
                "jobs": {step: content.as_yaml(f"{step}.py") for step, content in steps.items()}}
    return workspace.pipeline(json.dumps(document, indent=1), name)


class StepLogs:
    """What one parallel step of a job left behind."""

    def __init__(self, workspace: Workspace, job: str, step: str) -> None:
        self.workspace, self.job, self.step = workspace, job, step
        self.folder = workspace.step(job, step) / "logs"

    @property
    def status(self) -> str:
        return self.workspace.status(f"{self.job}_{self.step}")

    @property
    def result(self) -> str:
        return (self.folder / "job_result.txt").read_text()

    @property
    def errors(self) -> str:
        return (self.folder / "job_error.txt").read_text()

    @property
    def first_line(self) -> str:
        """The cause of a failed step, as `job show` words it."""
        return self.workspace.show(f"{self.job}_{self.step}")["error"]["message"]

    def user(self, kind: str) -> str:
        """All of stdout, stderr, entry_script_log or error, in order of the processes."""
        return "".join(p.read_text(errors="replace") for p in self.user_files(kind))

    def user_files(self, kind: str) -> list[Path]:
        return sorted(p for p in (self.folder / "user" / kind).rglob("*") if p.is_file())

    def table(self, path: Path | str) -> list[dict[str, str]]:
        """The rows of a CSV file below logs/."""
        with (self.folder / path).open(newline="") as file:
            return list(csv.DictReader(file))

    def attempts(self) -> list[dict[str, str]]:
        """The rows of processed_mini-batches.csv that are attempts, not script events."""
        return [row for row in self.report() if row["Mini-batch Id"] != "N/A"]

    def report(self) -> list[dict[str, str]]:
        return self.table("sys/job_report/processed_mini-batches.csv")

    def failed_items(self) -> list[dict[str, str]]:
        """The rows of failed_items.csv, which is there only when an item failed."""
        path = "sys/job_report/failed_items.csv"
        return self.table(path) if (self.folder / path).exists() else []

    def statuses(self) -> list[str]:
        return [row["Status"] for row in self.attempts()]

    def rows(self, output: str = "rows") -> list[str]:
        return (self.workspace.output(self.job, self.step, output) / output).read_text().splitlines()

    def has_rows(self) -> bool:
        return (self.workspace.output(self.job, self.step, "rows") / "rows").exists()


def open_workspace(folder: Path) -> Iterator[Workspace]:
    """The body of a fixture that a whole module shares: a workspace in which nothing may be left alive."""
    space = Workspace(folder)
    yield space
    try:
        space.assert_nothing_left()
    finally:
        space.kill_everything()

"""Steps that take what they do not say from a component file (pipeline-yaml.md 2.4, parallel-job.md 1.3)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from harness import Workspace
from parallel_pipeline import make_files, open_workspace

COMPONENT = """
type: parallel
name: score
inputs:
  files: {type: uri_folder}
  mark: {type: string, default: plain}
  seed: {type: integer, optional: true}
outputs:
  rows: {type: uri_file}
input_data: ${{inputs.files}}
mini_batch_size: "2"
mini_batch_error_threshold: 3
max_concurrency_per_instance: 1
environment_variables: {FROM: component, MORE: component}
task:
  type: run_function
  code: ./src
  entry_script: score.py
  environment: azureml:none:1
  append_row_to: ${{outputs.rows}}
  program_arguments: --mark ${{inputs.mark}} $[[--seed ${{inputs.seed}}]] --error_threshold 5
"""

PIPELINE = """
type: pipeline
inputs:
  files: {type: uri_folder, path: FILES}
jobs:
  plain:
    component: ./parts/score.yml
    inputs: {files: "${{parent.inputs.files}}"}
  tuned:
    type: parallel
    component: ./parts/score.yml
    mini_batch_error_threshold: 0
    environment_variables: {FROM: step}
    inputs: {files: "${{parent.inputs.files}}", mark: tuned, seed: 7}
  count:
    command: cat ${{inputs.a}} ${{inputs.b}} | wc -l > ${{outputs.lines}}
    environment: azureml:none:1
    inputs: {a: "${{parent.jobs.plain.outputs.rows}}", b: "${{parent.jobs.tuned.outputs.rows}}"}
    outputs: {lines: {type: uri_file}}
"""

SCRIPT = """
    import argparse, json, os
    def init():
        global options
        parser = argparse.ArgumentParser(allow_abbrev=False)
        parser.add_argument("--mark")
        parser.add_argument("--seed")
        options = parser.parse_known_args()[0]
    def run(mini_batch):
        told = {"mark": options.mark, "seed": options.seed, "from": os.environ["FROM"], "more": os.environ["MORE"]}
        return [json.dumps(told)] * len(mini_batch)
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    yield from open_workspace(tmp_path_factory.mktemp("components"))


@pytest.fixture(scope="module")
def done(workspace: Workspace) -> Workspace:
    files = make_files(workspace.scratch / "files", 5)
    pipeline = workspace.pipeline(PIPELINE.replace("FILES", str(files)))
    parts = pipeline.parent / "parts"
    (parts / "src").mkdir(parents=True)
    (parts / "score.yml").write_text(COMPONENT)
    (parts / "src" / "score.py").write_text(dedent(SCRIPT))
    created = workspace.create(pipeline, "job")
    assert created.code == 0, created.text
    return workspace


def rows(workspace: Workspace, step: str) -> list[dict]:
    return [json.loads(line) for line in (workspace.output("job", step, "rows") / "rows").read_text().splitlines()]


def test_a_step_runs_what_its_component_says(done: Workspace) -> None:
    assert rows(done, "plain") == [{"mark": "plain", "seed": None, "from": "component", "more": "component"}] * 5
    assert rows(done, "tuned") == [{"mark": "tuned", "seed": "7", "from": "step", "more": "component"}] * 5


def test_outputs_of_a_component_can_be_read(done: Workspace) -> None:
    assert (done.output("job", "count", "lines") / "lines").read_text().strip() == "10"


def test_settings_say_that_they_are_the_components(done: Workspace) -> None:
    def settings(step: str) -> dict[str, dict]:
        shown = done.run("job", "show", "-n", f"job_{step}", "--settings", "-o", "json")
        return {entry["name"]: entry for entry in json.loads(shown.out)}

    plain, tuned = settings("plain"), settings("tuned")
    assert (plain["mini_batch_error_threshold"]["value"], plain["mini_batch_error_threshold"]["origin"]) == ("3", "component")
    assert Path(plain["mini_batch_error_threshold"]["place"].rsplit(":", 2)[0]).parts[-2:] == ("parts", "score.yml")
    assert (tuned["mini_batch_error_threshold"]["value"], tuned["mini_batch_error_threshold"]["origin"]) == ("0", "node")
    assert (tuned["error_threshold"]["value"], tuned["error_threshold"]["origin"]) == ("5", "argument")

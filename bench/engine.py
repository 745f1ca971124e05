"""Runs Batchmill for the benchmark: writes inputs, submits pipelines, reads times."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BINARY = Path(os.environ.get("BATCHMILL_BIN", ROOT / "build" / "bin" / "batchmill"))
PLAN_FILES = BINARY.parent / "plan_files"
SCRIPTS = ROOT / "bench" / "scripts"

EMPTY_PIPELINE = """
type: pipeline
inputs:
  files: {{type: uri_folder, path: {files}}}
outputs:
  rows: {{type: uri_file}}
jobs:
  work:
    type: parallel
    input_data: ${{{{inputs.files}}}}
    mini_batch_size: "1"
    max_concurrency_per_instance: 2
    inputs: {{files: "${{{{parent.inputs.files}}}}"}}
    outputs: {{rows: "${{{{parent.outputs.rows}}}}"}}
    task:
      type: run_function
      code: {code}
      entry_script: {script}
      environment: azureml:none:1
      append_row_to: ${{{{outputs.rows}}}}
"""

COMMAND_PIPELINE = """
type: pipeline
jobs:
  hello:
    command: "true"
    environment: azureml:none:1
"""


def make_files(folder: Path, count: int) -> list[str]:
    """`count` one-byte files, a thousand to a folder; returns their paths."""
    paths = []
    for index in range(count):
        if index % 1000 == 0:
            parent = folder / f"{index // 1000:05d}"
            parent.mkdir(parents=True)
        path = parent / f"{index:07d}.txt"
        path.write_bytes(b"x")
        paths.append(str(path))
    return paths


def batchmill(workspace: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """One command of the program, its output captured; fails loudly."""
    done = subprocess.run([str(BINARY), "--workspace", str(workspace), *arguments],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"batchmill {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")
    return done


def run_pipeline(workspace: Path, text: str, name: str) -> float:
    """Seconds from the start of the command to the end of the job."""
    workspace.mkdir(parents=True, exist_ok=True)
    file = workspace / f"{name}.yml"
    file.write_text(text)
    start = time.monotonic()
    batchmill(workspace, "job", "create", "-f", str(file), "-n", name, "--stream")
    return time.monotonic() - start


def empty_mini_batches(workspace: Path, folder: Path, name: str) -> float:
    """Seconds of a job with one empty mini-batch per file of `folder`."""
    return run_pipeline(workspace, EMPTY_PIPELINE.format(files=folder, code=SCRIPTS, script="empty_score.py"), name)


def efficiency_at_20_ms(workspace: Path, few: Path, many: Path, more: int) -> float:
    """Ideal time over measured time of the `more` mini-batches of 20 ms that `many` has beyond `few`, two workers."""
    def seconds(folder: Path) -> float:
        text = EMPTY_PIPELINE.format(files=folder, code=SCRIPTS, script="twenty_milliseconds.py")
        return run_pipeline(workspace, text, f"efficiency_{folder.name}")

    return more * 0.020 / 2 / (seconds(many) - seconds(few))


def hello(workspace: Path, name: str) -> float:
    """Seconds of a one-command pipeline with --stream, from the start of the command to its end."""
    return run_pipeline(workspace, COMMAND_PIPELINE, name)

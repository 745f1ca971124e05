"""What the rows of a killed job must be, made without Batchmill."""

from __future__ import annotations

import hashlib
from pathlib import Path

SCRIPT = '''
import hashlib, os, time

def init():
    pass

def run(mini_batch):
    rows = []
    for path in mini_batch:
        with open(path, "rb") as file:
            rows.append(os.path.basename(path) + " " + hashlib.sha256(file.read()).hexdigest())
    time.sleep({delay})
    return rows
'''

PIPELINE = """
type: pipeline
inputs:
  files: {{type: uri_folder, path: {files}}}
jobs:
  hash:
    type: parallel
    input_data: ${{{{inputs.files}}}}
    mini_batch_size: "{size}"
    max_concurrency_per_instance: 2
    retry_settings: {{max_retries: {retries}, timeout: 30}}
    inputs: {{files: "${{{{parent.inputs.files}}}}"}}
    outputs: {{rows: {{type: uri_file}}}}
    task:
      type: run_function
      code: {code}
      entry_script: entry.py
      environment: azureml:none:1
      append_row_to: ${{{{outputs.rows}}}}
"""


def make_files(folder: Path, count: int) -> None:
    """`count` small files with different content."""
    for index in range(count):
        path = folder / f"{index % 7}" / f"item-{index:05d}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"content of {index}\n")


def expected_rows(folder: Path) -> list[str]:
    """One row per file, in byte order of the relative path."""
    files = sorted(folder.rglob("*.txt"), key=lambda p: str(p.relative_to(folder)).encode())
    return [f"{p.name} {hashlib.sha256(p.read_bytes()).hexdigest()}" for p in files]

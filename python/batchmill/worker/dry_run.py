"""``python -m batchmill.worker.dry_run``: one mini-batch in the foreground (``batchmill job try``).

Runs ``init()``, one mini-batch and ``shutdown()`` of a step's script with the user's own terminal
as stdin, stdout and stderr, so that ``breakpoint()`` works. Nothing is appended anywhere: the rows
are shown. docs/formats/worker-protocol.md tells what the summary holds.

Exit code 0: the mini-batch succeeded; 1: it would have failed; 2: wrong arguments, or a mini-batch
that is not in the manifest.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import os
import sys
from typing import Any, Dict

from batchmill.worker.dry_run_report import Report, write_summary
from batchmill.worker.foreground import Failed, Foreground
from batchmill.worker.leases import ProtocolError
from batchmill.worker.manifest import ManifestError


def main() -> int:
    arguments = _arguments()
    summary_path = os.path.abspath(arguments.summary)
    report = Report(sys.stdout)
    try:
        with open(arguments.spec, encoding="utf-8") as file:
            spec: Dict[str, Any] = json.load(file)
        log_folder = os.path.abspath(arguments.node_log)
        foreground = Foreground(spec, arguments.mini_batch, log_folder, report)
    except ManifestError as problem:
        print(f"batchmill: {problem}", file=sys.stderr)
        return 2
    except (OSError, ValueError, KeyError, ProtocolError) as problem:
        print(f"batchmill: {arguments.spec}: {problem}", file=sys.stderr)
        return 2
    faulthandler.enable()
    try:
        foreground.run()
    except Failed as failure:
        foreground.summary["error"] = failure.record
    report.end(spec, foreground)
    write_summary(summary_path, foreground.summary)
    return 0 if foreground.summary["error"] is None else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m batchmill.worker.dry_run")
    parser.add_argument("--spec", required=True, help="worker.json")
    parser.add_argument("--mini-batch", type=int, required=True, help="index, from 0")
    parser.add_argument("--node-log", required=True, help="stands for the step's logs/")
    parser.add_argument("--summary", required=True, help="file for the summary (JSON)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

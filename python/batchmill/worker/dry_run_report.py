"""What a dry run shows, and the summary that it leaves; a failure is shown by who reads that."""

from __future__ import annotations

import os
import resource
from typing import Any, Dict, TextIO

from batchmill.worker.foreground import Foreground, counted
from batchmill.worker.messages import to_json

_SHOWN_ROWS = 20
_SHOWN_CHARACTERS = 500  # of a row


class Report:
    """Writes to what stdout was at the start: the script may replace or close its own."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        if hasattr(out, "reconfigure"):
            out.reconfigure(errors="backslashreplace", line_buffering=True)

    def phase(self, name: str, seconds: float, more: str) -> None:
        self._line(f"{name:9} {seconds:8.3f} s  {more}".rstrip())

    def end(self, spec: Dict[str, Any], run: Foreground) -> None:
        summary = run.summary
        peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        summary["peak_rss_mb"] = round(peak_kib / 1024, 1)
        self._line(f"memory    {summary['peak_rss_mb']:8.1f} MB at most")
        if summary["returned"] is not None:
            self._rows(spec, run)

    def _rows(self, spec: Dict[str, Any], run: Foreground) -> None:
        returned = run.summary["returned"]
        if spec.get("append") is None:
            self._line("\nnothing would be appended: the step has no append_row_to")
            return
        rows, size = counted(returned, "row"), counted(len(run.rows), "byte")
        self._line(f"\nwould be appended: {rows}, {size}")
        if run.spool.header:
            self._shown(run.spool.header, 1)
        lines = run.rows.count(b"\n")
        self._shown(run.rows, _SHOWN_ROWS)
        if lines > _SHOWN_ROWS:
            # A row may hold line breaks.
            rest = counted(lines - _SHOWN_ROWS, "more row" if lines == returned else "more line")
            self._line(f"  ... {rest}")

    def _shown(self, rows: bytes, limit: int) -> None:
        for line in rows.split(b"\n", limit)[: min(limit, rows.count(b"\n"))]:
            text = line.decode("utf-8", "backslashreplace")
            more = "..." if len(text) > _SHOWN_CHARACTERS else ""
            self._line("  " + text[:_SHOWN_CHARACTERS] + more)

    def _line(self, text: str) -> None:
        try:
            print(text, file=self._out)
        except (OSError, ValueError):
            pass  # closed: the summary is there all the same


def write_summary(path: str, summary: Dict[str, Any]) -> None:
    """Complete or not at all."""
    temporary = path + ".tmp"
    with open(temporary, "wb") as file:
        file.write(to_json(summary) + b"\n")
    os.replace(temporary, path)

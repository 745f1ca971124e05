"""Formatting results by their type, with the remarks that they give rise to."""

from __future__ import annotations

import time
from typing import Any, Dict, List, Optional, Protocol, Sequence, Tuple

from batchmill.worker import json_text
from batchmill.worker.json_rows import JsonRows
from batchmill.worker.notices import Remarks
from batchmill.worker.provenance import Origin
from batchmill.worker.result_rows import Frame, classify
from batchmill.worker.row_format import CsvRows, RowFormat, TextRows


class HeaderSink(Protocol):
    """Where the header line goes: the spool, in a worker."""

    def write_header(self, header: bytes) -> None:
        ...


class UnknownFormat(Exception):
    """worker.json asks for a format that this version does not know."""


class ResultFormat:
    """``append`` is that key of worker.json; None: rows are counted only."""

    def __init__(
        self,
        append: Optional[Dict[str, Any]],
        spool: Optional[HeaderSink],
        remarks: Remarks,
        counts_items: bool,
    ) -> None:
        given = append or {}
        self.appends = append is not None
        self._has_origin = bool(given.get("provenance"))
        self._output_only = bool(given.get("output_field_only"))
        self._rows = _format_of(given.get("format", "text"), given.get("to_csv") or {})
        self._is_json = isinstance(self._rows, JsonRows)
        # Elements are written by their text alone, so that the loop can do it.
        self.is_plain = not self.appends or (
            isinstance(self._rows, TextRows) and not self._has_origin and not self._output_only
        )
        # Cells: the loop looks at them for every mini-batch.
        self.frames_seen = [False]
        self.elements_seen = [False]
        self._needs_header = self.appends and self._rows.has_header and spool is not None
        self._spool = spool
        self._remarks = remarks
        self._counts_items = counts_items

    def take(self, result: Any, total: int, origin: Origin) -> Tuple[int, int, bytes]:
        """(monotonic ns when run() and its generator had ended, number of results, rows).

        Raises BadReturn, and what the script's objects raise while they are turned into text.
        """
        found = classify(result)
        ran_ns = time.monotonic_ns()
        if isinstance(found, Frame):
            self.frames_seen[0] = True
            self._remark(len(found.frame), total)
            rows = self._frame_rows(found.frame, origin) if self.appends else b""
            return ran_ns, len(found.frame), rows
        count = len(found.values)
        self.remark_elements(count, total)
        return ran_ns, count, self._element_rows(found.values, origin) if self.appends else b""

    def remark_elements(self, count: int, total: int) -> None:
        """Called for results that are not frames, where something may be worth a remark."""
        self.elements_seen[0] = True
        self._remark(count, total)

    def _frame_rows(self, frame: Any, origin: Origin) -> bytes:
        if self._needs_header:
            self._write_header(self._rows.header_of_frame(frame, self._has_origin))
        return self._rows.frame(frame, origin if self._has_origin else None)

    def _element_rows(self, values: Sequence[Any], origin: Origin) -> bytes:
        if self._output_only:
            values = self._outputs(values)
        if self._needs_header:
            self._write_header(self._rows.header_of_elements(values, self._has_origin))
        return self._rows.elements(values, origin if self._has_origin else None)

    def _outputs(self, values: Sequence[Any]) -> List[Any]:
        """Strings that are JSON objects with ``output``, replaced by that."""
        outputs = []
        for value in values:
            has_output, output = json_text.output_of(value)
            if not has_output:
                outputs.append(value)
            elif self._is_json or isinstance(output, str):
                outputs.append(output)
            elif isinstance(output, (dict, list)) and isinstance(self._rows, CsvRows):
                outputs.append(output)
            else:  # it was JSON, and is written as JSON
                outputs.append(json_text.dump(output))
        return outputs

    def _write_header(self, header: Optional[bytes]) -> None:
        if header is not None and self._spool is not None:
            self._spool.write_header(header)
            self._needs_header = False

    def _remark(self, count: int, total: int) -> None:
        if self.elements_seen[0] and self.frames_seen[0]:
            text = "run() returns both DataFrames and lists; each is written in its own format"
            self._remarks.say("mixed", 0, text)
        if count > total and self._counts_items:
            text = f"run() returned {count} results for {total} items; all of them count"
            self._remarks.say("surplus", 0, text)


def _format_of(name: str, to_csv: Dict[str, Any]) -> RowFormat:
    if name == "text":
        return TextRows(to_csv)
    if name == "csv":
        return CsvRows(to_csv)
    if name == "jsonl":
        return JsonRows()
    raise UnknownFormat(f"unknown format of rows {name!r}")

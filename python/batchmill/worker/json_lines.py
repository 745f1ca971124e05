"""Mini-batches of JSON lines: ``run()`` gets a list with the value of each (parallel-job.md 2.3)."""

from __future__ import annotations

import json
from typing import Any, List

from batchmill.worker import error_record
from batchmill.worker.context import MiniBatch
from batchmill.worker.error_record import Record, UserCode
from batchmill.worker.leases import Lease
from batchmill.worker.manifest import Manifest, Rows, Slice, rows_of
from batchmill.worker.slices import (
    BYTE_ORDER_MARK,
    LoadFailure,
    count_rows,
    line_number,
    name_of_row,
    not_utf8,
    read_slice,
    with_rows,
)
from batchmill.worker.source import Batch, RowSource, files_of

_BLANK = " \t\r"
_BLANK_BYTES = _BLANK.encode()
_SHOWN_LINE = 2000  # characters of a line that is no JSON


class JsonLinesSource(RowSource):
    """A byte order mark, CRLF and blank lines (see is_blank) are tolerated."""

    def __init__(
        self, manifest: Manifest, prefix: str, user: UserCode, of_main_thread: Manifest
    ) -> None:
        super().__init__(manifest, prefix, user)
        self._of_main_thread = of_main_thread

    def slices(self, mini_batch: int) -> List[Slice]:
        return [_planned(self._manifest, mini_batch, self.prefix).slice]

    def read(self, lease: Lease, slices: List[Slice]) -> Batch:
        if lease.part is not None:
            self._compare_with_plan(lease, count_rows(slices, is_blank))
            first, count = lease.part
            slices = with_rows(slices, first, count, is_blank)
        rows = MiniBatch(value for part in slices for value in self._values(lease, part))
        rows.task_id = lease.mini_batch
        if lease.part is None:
            self._compare_with_plan(lease, len(rows))
        paths, names = files_of(slices)
        return Batch(
            rows,
            len(rows),
            paths,
            names,
            lambda: _frame(rows),
            name_of_only_row=lambda: name_of_row(slices, 0, is_blank),
        )

    def items_before(self, mini_batch: int) -> int:
        return _planned(self._of_main_thread, mini_batch).first_row

    def _values(self, lease: Lease, part: Slice) -> List[Any]:
        data = read_slice(part)
        skipped = 0
        if part.begin == 0 and data.startswith(BYTE_ORDER_MARK):
            skipped = len(BYTE_ORDER_MARK)
            data = data[skipped:]
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise self._failure(lease, not_utf8(part, data, skipped, error)) from None
        values = []
        for number, line in enumerate(text.split("\n")):
            if not line.strip(_BLANK):
                continue
            try:
                values.append(json.loads(line))
            except (ValueError, RecursionError) as error:
                raise self._failure(lease, _not_json(part, number, line, error)) from None
        return values

    def _failure(self, lease: Lease, record: Record) -> LoadFailure:
        """The plan knows how many rows there would have been."""
        return LoadFailure(record, _planned(self._manifest, lease.mini_batch).rows)

    def _compare_with_plan(self, lease: Lease, rows: int) -> None:
        planned = _planned(self._manifest, lease.mini_batch)
        if rows != planned.rows:
            reason = f"changed after planning: {rows} rows, was {planned.rows}"
            record = error_record.plain(error_record.CHANGED, reason, item=planned.slice.item)
            raise LoadFailure(record, planned.rows)


def _planned(manifest: Manifest, mini_batch: int, prefix: str = "") -> Rows:
    (record,) = manifest.records(mini_batch)
    return rows_of(record, prefix)


def is_blank(line: bytes) -> bool:
    """Whether a line, without its newline, is no row; the plan counts by the same rule."""
    return not line.strip(_BLANK_BYTES)


def _not_json(part: Slice, number: int, line: str, error: Exception) -> Record:
    message = f"not JSON: {error_record.message_of(error)}"
    if isinstance(error, json.JSONDecodeError):
        message = f"not JSON: {error.msg} (column {error.colno})"
    record = error_record.plain(
        error_record.LOAD_FAILED,
        message,
        item=f"{part.item}:{line_number(part, number)}",
        detail=line.rstrip("\r")[:_SHOWN_LINE],
    )
    record["type"] = error_record.type_of(error)
    return record


def _frame(rows: List[Any]) -> Any:
    import pandas

    return pandas.DataFrame(list(rows))

"""Rows before a mini-batch in the whole input (parallel-job.md 3.3)."""

from __future__ import annotations

from array import array

from batchmill.worker.manifest import Manifest, slice_of
from batchmill.worker.slices import read_slice
from batchmill.worker.table.lines import count_rows


class RowCounter:
    """Counts on demand and remembers: a worker reads what lies before its mini-batches once."""

    def __init__(self, manifest: Manifest, prefix: str) -> None:
        self._manifest = manifest
        self._prefix = prefix
        self._before = array("Q", [0])  # rows before mini-batch i

    def rows_before(self, mini_batch: int) -> int:
        """Raises LoadFailure when a file before this mini-batch cannot be read."""
        before = self._before
        while len(before) <= mini_batch:
            records = self._manifest.records(len(before) - 1)
            rows = sum(count_rows(read_slice(slice_of(r, self._prefix))) for r in records)
            before.append(before[-1] + rows)
        return before[mini_batch]

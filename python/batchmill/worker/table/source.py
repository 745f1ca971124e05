"""Mini-batches of a table: ``run()`` gets a DataFrame."""

from __future__ import annotations

from typing import List, Optional

from batchmill.worker.error_record import UserCode
from batchmill.worker.leases import Lease, Part
from batchmill.worker.manifest import Manifest, Slice
from batchmill.worker.slices import LoadFailure, name_of_row, with_rows
from batchmill.worker.source import Batch, RowSource, files_of
from batchmill.worker.table.lines import is_blank
from batchmill.worker.table.load import Loaded, TableReader
from batchmill.worker.table.row_count import RowCounter


class TableSource(RowSource):
    def __init__(
        self, manifest: Manifest, prefix: str, user: UserCode, reader: TableReader, rows: RowCounter
    ) -> None:
        super().__init__(manifest, prefix, user)
        self._reader = reader
        self._rows = rows

    def read(self, lease: Lease, slices: List[Slice]) -> Batch:
        return self.batch_of(lease, slices, read_rows(self._reader, slices, lease.part))

    def batch_of(self, lease: Lease, slices: List[Slice], loaded: Loaded) -> Batch:
        """What ``run()`` gets, from what was read here or elsewhere."""
        paths, names = files_of(slices)
        frame = loaded.frame
        return Batch(
            frame,
            len(frame),
            paths,
            names,
            frame.copy,
            loaded.misfits,
            lambda: name_of_row(slices, lease.first_item, is_blank),
        )

    def items_before(self, mini_batch: int) -> int:
        """Counts what lies before it, once in a worker. Raises LoadFailure."""
        return self._rows.rows_before(mini_batch)


def read_rows(reader: TableReader, slices: List[Slice], part: Optional[Part]) -> Loaded:
    """Raises LoadFailure. A part has its rows as they would be in the whole frame.

    Where the whole cannot be loaded, a part without the bad row can all the same: so bisecting
    finds that row.
    """
    if part is None:
        return reader.read(slices)
    first, count = part
    try:
        whole = reader.read(slices)
    except LoadFailure:
        return reader.read(with_rows(slices, first, count, is_blank))
    rows = whole.frame.iloc[first : first + count].reset_index(drop=True)
    return Loaded(rows, whole.misfits)

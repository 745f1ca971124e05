"""Mini-batches of a table: ``run()`` gets a DataFrame."""

from __future__ import annotations

from typing import List

from batchmill.worker.error_record import UserCode
from batchmill.worker.leases import Lease
from batchmill.worker.manifest import Manifest, Slice
from batchmill.worker.slices import LoadFailure, line_number, with_rows
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
        loaded = self._read_part(slices, *lease.part) if lease.part else self._reader.read(slices)
        paths, names = files_of(slices)
        frame = loaded.frame
        first = lease.part[0] if lease.part else 0
        return Batch(
            frame,
            len(frame),
            paths,
            names,
            frame.copy,
            loaded.misfits,
            lambda: _name_of_row(slices, first),
        )

    def items_before(self, mini_batch: int) -> int:
        """Counts what lies before it, once in a worker. Raises LoadFailure."""
        return self._rows.rows_before(mini_batch)

    def _read_part(self, slices: List[Slice], first: int, count: int) -> Loaded:
        """The rows as they would be in the whole frame, where that can be loaded.

        Where it cannot, a part without the bad row can all the same: so bisecting finds that row.
        """
        try:
            whole = self._reader.read(slices)
        except LoadFailure:
            return self._reader.read(with_rows(slices, first, count, is_blank))
        rows = whole.frame.iloc[first : first + count].reset_index(drop=True)
        return Loaded(rows, whole.misfits)


def _name_of_row(slices: List[Slice], row: int) -> str:
    """``file:line`` of a row."""
    (place,) = with_rows(slices, row, 1, is_blank)
    return f"{place.item}:{line_number(place, 0)}"

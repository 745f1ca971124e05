"""A mini-batch of a table: from the slices of its files to a DataFrame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, List, NamedTuple, Sequence, Tuple

import pandas

from batchmill.worker import error_record
from batchmill.worker.manifest import Slice
from batchmill.worker.slices import (
    BYTE_ORDER_MARK,
    LoadFailure,
    line_number,
    not_utf8,
    read_slice,
)
from batchmill.worker.table.convert import Converted, convert
from batchmill.worker.table.lines import RaggedRow, count_rows, split
from batchmill.worker.table.regular import RegularReader, is_regular
from batchmill.worker.table.schema import TableSchema

_SHOWN_ROW = 2000  # characters of a ragged row


@dataclass(frozen=True)
class Misfit:
    """Values of one column that became null because they did not fit its type."""

    column: str
    type: str  # of the column
    count: int
    file: str  # of the first one
    line: int


class Loaded(NamedTuple):
    frame: Any
    misfits: List[Misfit]


class _Part(NamedTuple):
    slice: Slice
    data: bytes  # without byte order mark, ended by a newline
    text: str


class TableReader:
    """Reads mini-batches one after the other. Not thread-safe."""

    def __init__(self, schema: TableSchema) -> None:
        self._schema = schema
        self._regular = RegularReader(schema)

    def read(self, slices: Sequence[Slice]) -> Loaded:
        """Raises LoadFailure, naming the file and where in it."""
        raw = [read_slice(part) for part in slices]
        rows = sum(map(count_rows, raw))
        parts = [_part(part, data, rows) for part, data in zip(slices, raw)]
        together = b"".join(part.data for part in parts)
        if b"\r" in together:
            together = together.replace(b"\r\n", b"\n")
        schema = self._schema
        if together and is_regular(together, schema.delimiter, len(schema.columns)):
            columns = self._regular.read(together)
            lines = None
        else:
            columns, lines = self._by_rules(parts, rows)
        misfits = self._misfits(columns, parts, lines)
        return Loaded(_frame(schema, columns), misfits)

    def _by_rules(
        self, parts: Sequence[_Part], rows: int
    ) -> Tuple[List[Converted], List[Tuple[int, int]]]:
        """Columns by the rules, and (part, line within it) of each row."""
        schema = self._schema
        texts: List[List[Any]] = [[] for _ in schema.columns]
        lines: List[Tuple[int, int]] = []
        for number, part in enumerate(parts):
            try:
                found = split(part.text, schema.delimiter, len(schema.columns))
            except RaggedRow as ragged:
                raise _ragged(part.slice, ragged, len(schema.columns), rows) from None
            for column, more in zip(texts, found.columns):
                column += more
            lines += [(number, line) for line in found.lines]
        columns = [
            convert(text, column, schema.empty_as_string)
            for text, column in zip(texts, schema.columns)
        ]
        return columns, lines

    def _misfits(
        self, columns: Sequence[Converted], parts: Sequence[_Part], lines: Any
    ) -> List[Misfit]:
        misfits = []
        for column, converted in zip(self._schema.columns, columns):
            if converted.misfits:
                first = converted.misfits[0]
                part, line = lines[first] if lines is not None else _regular_row(parts, first)
                file = parts[part].slice
                misfits.append(
                    Misfit(
                        column.name,
                        column.type,
                        len(converted.misfits),
                        file.item,
                        line_number(file, line),
                    )
                )
        return misfits


def _part(part: Slice, data: bytes, rows: int) -> _Part:
    skipped = 0
    if part.begin == 0 and data.startswith(BYTE_ORDER_MARK):
        skipped = len(BYTE_ORDER_MARK)
        data = data[skipped:]
    if data and not data.endswith(b"\n"):
        data += b"\n"
    try:
        return _Part(part, data, data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise LoadFailure(not_utf8(part, data, skipped, error), rows) from None


def _ragged(part: Slice, ragged: RaggedRow, columns: int, rows: int) -> LoadFailure:
    record = error_record.plain(
        error_record.RAGGED,
        f"{ragged.fields} fields, the header has {columns}",
        item=f"{part.item}:{line_number(part, ragged.line)}",
        detail=ragged.text[:_SHOWN_ROW],
    )
    return LoadFailure(record, rows)


def _regular_row(parts: Sequence[_Part], row: int) -> Tuple[int, int]:
    """Part and line of a row of regular text, where each line is a row."""
    for number, part in enumerate(parts):
        lines = part.data.count(10)
        if row < lines:
            return number, row
        row -= lines
    raise IndexError(row)


def _frame(schema: TableSchema, columns: Sequence[Converted]) -> Any:
    series = {}
    for number, converted in enumerate(columns):
        values = converted.values
        # Named: newer pandas would turn objects that are texts into a type of their own.
        series[number] = pandas.Series(values, dtype=values.dtype, copy=False)
    frame = pandas.DataFrame(series)
    frame.columns = pandas.Index([column.name for column in schema.columns], dtype=object)
    return frame

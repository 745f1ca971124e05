"""The fast path for regular text: the C parser of pandas, typed.

pandas by itself would let quotes span lines, shift columns on long first rows and raise on values
that do not fit. On regular text (no quotes, equal numbers of fields, no blank line) none of that
can happen, except for values that do not fit a number: then its texts are taken and converted by
the rules.
"""

from __future__ import annotations

import csv
import io
from typing import Any, Dict, List, Optional, Set

import numpy
import pandas

from batchmill.worker.table.convert import Converted, convert
from batchmill.worker.table.schema import TableSchema

_SPACES = (b" ", b"\t", b"\v", b"\f")
_NAN_TEXTS = ["", "nan", "NaN", "NAN"]


def is_regular(data: bytes, delimiter: str, columns: int) -> bool:
    """Whether each line of ``data`` has exactly ``columns`` fields and nothing needs care.

    ``data`` ends with a newline and is valid UTF-8.
    """
    if len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n\0':
        return False
    if b'"' in data or b"\r" in data or b"\0" in data:
        return False
    text = numpy.frombuffer(data, dtype=numpy.uint8)
    ends = numpy.flatnonzero(text == 10)
    marks = numpy.flatnonzero(text == ord(delimiter))
    if len(marks) != len(ends) * (columns - 1):
        return False
    if columns == 1:
        return bool(ends[0] > 0 and (numpy.diff(ends) > 1).all())
    marks = marks.reshape(len(ends), columns - 1)
    return bool((marks[:, -1] < ends).all() and (marks[1:, 0] > ends[:-1]).all())


class RegularReader:
    """Remembers which numeric columns need their texts, so that they are parsed once only.

    That changes the speed, never the result. Not thread-safe.
    """

    def __init__(self, schema: TableSchema) -> None:
        self._schema = schema
        self._as_text: Set[int] = set()
        self._numeric = {
            number
            for number, column in enumerate(schema.columns)
            if column.type in ("int", "float")
        }

    def read(self, data: bytes) -> List[Converted]:
        """The columns of regular ``data``."""
        typed = self._numeric - self._as_text
        if typed and not _has_outer_space(data, self._schema.delimiter):
            columns = self._read_typed(data, typed)
            if columns is not None:
                return columns
        return self._read_texts(data, typed)

    def _read_typed(self, data: bytes, typed: Set[int]) -> Optional[List[Converted]]:
        """None when a value of a typed column does not fit."""
        try:
            frame = self._parse(data, typed)
        except (ValueError, OverflowError):
            return None
        columns = []
        for number, column in enumerate(self._schema.columns):
            values = frame[str(number)].to_numpy()
            if number not in typed:
                columns.append(convert(values.tolist(), column, self._schema.empty_as_string))
            elif values.dtype == self._dtype(number):
                columns.append(Converted(values, []))
            else:  # 64 unsigned bits: parsed, but to a type that was not asked for
                return None
        return columns

    def _read_texts(self, data: bytes, typed: Set[int]) -> List[Converted]:
        frame = self._parse(data, set())
        columns = []
        learned = set()
        for number, column in enumerate(self._schema.columns):
            texts = frame[str(number)].tolist()
            columns.append(convert(texts, column, self._schema.empty_as_string))
            if number in typed:
                if columns[-1].misfits or columns[-1].values.dtype != self._dtype(number):
                    learned.add(number)
        self._as_text |= learned or typed
        return columns

    def _dtype(self, number: int) -> Any:
        return numpy.int64 if self._schema.columns[number].type == "int" else numpy.float64

    def _parse(self, data: bytes, typed: Set[int]) -> Any:
        names = [str(number) for number in range(len(self._schema.columns))]
        dtypes = {str(number): self._dtype(number) for number in typed}
        with numpy.errstate(invalid="ignore"):  # numbers too large for their type, checked later
            return self._read_csv(data, names, dtypes)

    def _read_csv(self, data: bytes, names: List[str], dtypes: Dict[str, Any]) -> Any:
        return pandas.read_csv(
            io.BytesIO(data),
            sep=self._schema.delimiter,
            header=None,
            names=names,
            index_col=False,
            dtype={name: dtypes.get(name, object) for name in names},
            na_values={name: _NAN_TEXTS for name in dtypes if dtypes[name] is numpy.float64},
            keep_default_na=False,
            quoting=csv.QUOTE_NONE,
            skip_blank_lines=False,
            float_precision="round_trip",
            low_memory=False,
            engine="c",
            encoding="utf-8",
        )


def _has_outer_space(data: bytes, delimiter: str) -> bool:
    """Whether a field may begin or end with white space, which the C parser drops from numbers."""
    mark = delimiter.encode()
    for space in _SPACES:
        if space not in data:
            continue
        if space == mark:
            continue
        for edge in (mark, b"\n"):
            if space + edge in data or edge + space in data:
                return True
        if data.startswith(space):
            return True
    return False

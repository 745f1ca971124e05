"""The formats of appended rows (parallel-job.md 6, ``append_row_format``): text and csv.

JSON lines are in ``json_rows``. An origin is given when rows begin with it.
"""

from __future__ import annotations

import csv
from typing import Any, Dict, Iterable, List, Optional, Sequence

from batchmill.worker import json_text
from batchmill.worker.frame_csv import FrameCsv
from batchmill.worker.provenance import MINI_BATCH, SOURCE, Origin
from batchmill.worker.result_rows import ROW_ERRORS, lines


class RowFormat:
    """Results as bytes. Raises what the script's objects raise while they become text."""

    has_header = False

    def elements(self, values: Sequence[Any], origin: Optional[Origin]) -> bytes:
        raise NotImplementedError

    def frame(self, frame: Any, origin: Optional[Origin]) -> bytes:
        raise NotImplementedError

    def header_of_elements(self, values: Sequence[Any], with_origin: bool) -> Optional[bytes]:
        """The header line of such rows; None where there is none."""
        return None

    def header_of_frame(self, frame: Any, with_origin: bool) -> Optional[bytes]:
        return None


class DelimitedRows(RowFormat):
    """What text and csv have in common."""

    def __init__(self, to_csv: Dict[str, Any], separator: str, strict: bool) -> None:
        self.frames = FrameCsv(to_csv, separator, strict)
        self.has_header = self.frames.has_header
        options = self.frames.options
        self._separator: str = options["sep"]
        self._missing: str = options.get("na_rep", "")
        keys = ("quoting", "quotechar", "doublequote", "escapechar")
        self._dialect = {key: options[key] for key in keys if options.get(key) is not None}

    def frame(self, frame: Any, origin: Optional[Origin]) -> bytes:
        return self.frames.rows(frame, origin)

    def header_of_frame(self, frame: Any, with_origin: bool) -> Optional[bytes]:
        return self.frames.header(frame, with_origin)

    def record(self, fields: Iterable[Any]) -> str:
        """Fields as one record, without its line end; quoted as far as needed."""
        written: List[str] = []
        # The line end makes csv quote fields with either of its characters.
        writer = csv.writer(
            _Sink(written), delimiter=self._separator, lineterminator="\r\n", **self._dialect
        )
        writer.writerow(map(self._field, fields))
        return written[0][:-2]

    def beginnings(self, origin: Origin, count: int) -> List[str]:
        """What stands before each of ``count`` rows."""
        known: Dict[str, str] = {}
        sources = origin.sources(count)
        for source in sources:
            if source not in known:
                known[source] = self.record((origin.mini_batch, source)) + self._separator
        return [known[source] for source in sources]

    def _field(self, value: Any) -> Any:
        """Texts and numbers as they are, for ``quoting`` looks at the difference."""
        if value is None or (isinstance(value, float) and value != value):
            return self._missing
        if isinstance(value, float):
            return float(value)
        return value if isinstance(value, (str, int)) else str(value)


class TextRows(DelimitedRows):
    """``str(element)`` and a newline; frames with one space between fields."""

    def __init__(self, to_csv: Dict[str, Any]) -> None:
        super().__init__(to_csv, " ", strict=False)

    def elements(self, values: Sequence[Any], origin: Optional[Origin]) -> bytes:
        if origin is None:
            return lines(values)
        beginnings = self.beginnings(origin, len(values))
        return lines([begin + str(value) for begin, value in zip(beginnings, values)])


class CsvRows(DelimitedRows):
    """Records by RFC 4180, with "\\n" between them.

    An element with fields is a record; any other is a line as the script wrote it, unless that
    holds a line break.
    """

    def __init__(self, to_csv: Dict[str, Any]) -> None:
        super().__init__(to_csv, ",", strict=True)
        self._line_end = self.frames.line_end

    def elements(self, values: Sequence[Any], origin: Optional[Origin]) -> bytes:
        found = [self._line(value) for value in values]
        if origin is not None:
            beginnings = self.beginnings(origin, len(values))
            found = [begin + line for begin, line in zip(beginnings, found)]
        if not found:
            return b""
        end = self._line_end
        return (end.join(found) + end).encode("utf-8", ROW_ERRORS)

    def header_of_elements(self, values: Sequence[Any], with_origin: bool) -> Optional[bytes]:
        if not self.has_header or not values:
            return None
        names = self.frames.header_option
        if not isinstance(names, (list, tuple)):
            first = values[0]
            names = list(first) if isinstance(first, dict) else getattr(first, "_fields", None)
            if not names:
                return None
        if with_origin:
            names = [MINI_BATCH, SOURCE, *names]
        return (self.record(names) + self._line_end).encode("utf-8", ROW_ERRORS)

    def _line(self, value: Any) -> str:
        if not isinstance(value, str):
            fields = _fields_of(value)
            if fields is not None:
                return self.record(fields)
        text = str(value)
        return self.record((text,)) if "\n" in text or "\r" in text else text


def _fields_of(value: Any) -> Optional[Iterable[Any]]:
    """The fields of an element that is a record; None for others."""
    if isinstance(value, dict):
        return value.values()
    if isinstance(value, (list, tuple)):
        return value
    if json_text.is_array(value):
        found: Iterable[Any] = value.tolist()
        return found
    return None


class _Sink:
    """A file for ``csv.writer``, which writes each record with one call."""

    def __init__(self, written: List[str]) -> None:
        self.write = written.append

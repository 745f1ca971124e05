"""Rows as JSON lines (parallel-job.md 6, ``append_row_format: jsonl``)."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Sequence

from batchmill.worker import json_text
from batchmill.worker.provenance import MINI_BATCH, SOURCE, Origin
from batchmill.worker.row_format import RowFormat

_VALUE = "value"


class JsonRows(RowFormat):
    """One JSON value on each line; strings that are JSON already stay as they are."""

    def elements(self, values: Sequence[Any], origin: Optional[Origin]) -> bytes:
        if origin is None:
            return _joined([_document(value) for value in values])
        beginnings = _beginnings(origin, len(values))
        return _joined([_placed(value, begin) for value, begin in zip(values, beginnings)])

    def frame(self, frame: Any, origin: Optional[Origin]) -> bytes:
        names = _unique_names(frame.columns)
        columns = [_column(frame.iloc[:, number]) for number in range(len(names))]
        if not columns:
            rows: List[Dict[str, Any]] = [{} for _ in range(len(frame))]
        else:
            rows = [dict(zip(names, row)) for row in zip(*columns)]
        return self.elements(rows, origin)


def _document(value: Any) -> str:
    """A value as JSON on one line."""
    if isinstance(value, str) and json_text.parse(value)[0]:
        return json_text.on_one_line(value)
    return json_text.dump(value)


def _beginnings(origin: Origin, count: int) -> List[str]:
    """What each object begins with, its comma included."""
    known: Dict[str, str] = {}
    sources = origin.sources(count)
    for source in sources:
        if source not in known:
            text = json_text.dump({MINI_BATCH: origin.mini_batch, SOURCE: source})
            known[source] = text[:-1] + ","
    return [known[source] for source in sources]


def _placed(value: Any, begin: str) -> str:
    """A value with its origin: the keys in front, or beside the value where that is no object.

    An object that has one of these keys itself is put beside them too, so that nothing is lost.
    """
    if isinstance(value, str):
        is_json, found = json_text.parse(value)
        text = json_text.on_one_line(value) if is_json else json_text.dump(value)
    else:
        found, text = value, json_text.dump(value)
    text = text.strip()
    if isinstance(found, dict) and MINI_BATCH not in found and SOURCE not in found:
        inner = text[1:].lstrip()
        return begin[:-1] + inner if inner == "}" else begin + inner
    return f'{begin}"{_VALUE}":{text}}}'


def _joined(rows: Sequence[str]) -> bytes:
    """Lone surrogates come out as escapes, which JSON has for them."""
    return ("\n".join(rows) + "\n").encode("utf-8", "backslashreplace") if rows else b""


def _unique_names(columns: Any) -> List[str]:
    """Names of columns as texts; a repeated one gets ``.1`` and so on, as pandas would read it."""
    names: List[str] = []
    seen = set()
    for column in columns:
        name = text = column if isinstance(column, str) else str(column)
        number = 0
        while name in seen:
            number += 1
            name = f"{text}.{number}"
        seen.add(name)
        names.append(name)
    return names


def _column(series: Any) -> List[Any]:
    """Values of a column as JSON knows them."""
    import numpy

    values: List[Any] = series.tolist()
    kind = series.dtype.kind if isinstance(series.dtype, numpy.dtype) else "O"
    if kind in "iub" or (kind == "f" and numpy.isfinite(series.to_numpy()).all()):
        return values
    return [_cell(value) for value in values]


def _cell(value: Any) -> Any:
    if isinstance(value, float):
        return value if value - value == 0 else None  # neither NaN nor infinite
    return None if json_text.is_missing(value) else value

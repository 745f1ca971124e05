"""Texts of a column as the array of its type (mltable-and-data.md 2.6 and 2.9).

An empty text is null; so is one that does not fit, which is counted. Dtypes: int64, or float64
when there is a null; float64; bool, or objects True/False/None when there is a null; datetime64[ns]
with NaT; objects with None for strings.
"""

from __future__ import annotations

import re
from typing import Any, List, NamedTuple, Optional, Sequence

import numpy

from batchmill.worker.table.moments import nanoseconds, plain_moments
from batchmill.worker.table.schema import Column

Texts = Sequence[Optional[str]]

_INT = re.compile(r"[+-]?[0-9]+")
_FLOAT = re.compile(
    r"[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|nan|inf|infinity)", re.I | re.A
)
_INT_CHARACTERS = frozenset("0123456789+-")
_FLOAT_CHARACTERS = frozenset("0123456789+-.eE")
_MOST_SAFE_DIGITS = 18  # any such number fits 64 bits


class Converted(NamedTuple):
    values: Any  # numpy array
    misfits: List[int]  # rows whose text did not fit


def convert(texts: Texts, column: Column, empty_as_string: bool) -> Converted:
    if column.type == "string":
        return _strings(texts, empty_as_string)
    filled = [row for row, text in enumerate(texts) if text]
    present: List[str] = [text for text in texts if text]
    if column.type == "bool":
        return _bools(texts, filled, present)
    if column.type == "datetime":
        return _datetimes(len(texts), filled, present, column)
    return _numbers(len(texts), filled, present, column.type == "int")


def _strings(texts: Texts, empty_as_string: bool) -> Converted:
    values = numpy.empty(len(texts), dtype=object)
    values[:] = texts
    if not empty_as_string:
        values[values == ""] = None
    return Converted(values, [])


def _bools(texts: Texts, filled: List[int], present: List[str]) -> Converted:
    known = {text: {"true": True, "false": False}.get(text.lower()) for text in set(present)}
    found = [known[text] for text in present]
    misfits = [row for row, value in zip(filled, found) if value is None]
    if len(present) == len(texts) and not misfits:
        return Converted(numpy.array(found, dtype=bool), misfits)
    values = numpy.full(len(texts), None, dtype=object)
    values[filled] = found
    return Converted(values, misfits)


def _datetimes(count: int, filled: List[int], present: List[str], column: Column) -> Converted:
    values = numpy.full(count, "NaT", dtype="datetime64[ns]")
    plain = plain_moments(present, column) if present else None
    if plain is not None:
        values[filled] = plain
        return Converted(values, [])
    misfits = []
    for row, text in zip(filled, present):
        moment = nanoseconds(text, column)
        if moment is None:
            misfits.append(row)
        else:
            values[row] = numpy.datetime64(moment, "ns")
    return Converted(values, misfits)


def _numbers(count: int, filled: List[int], present: List[str], whole: bool) -> Converted:
    quick = _quick_numbers(present, whole)
    if quick is None:
        read = _int_of if whole else _float_of
        found = [read(text) for text in present]
        misfits = [row for row, value in zip(filled, found) if value is None]
        filled = [row for row, value in zip(filled, found) if value is not None]
        quick = [value for value in found if value is not None]
    else:
        misfits = []
    if whole and len(filled) == count:
        return Converted(numpy.array(quick, dtype=numpy.int64), misfits)
    values = numpy.full(count, numpy.nan, dtype=numpy.float64)
    values[filled] = numpy.array(quick, dtype=numpy.float64)
    return Converted(values, misfits)


def _quick_numbers(present: List[str], whole: bool) -> Optional[List[Any]]:
    """All numbers, when every text is an ordinary one; else None."""
    if not set("".join(present)) <= (_INT_CHARACTERS if whole else _FLOAT_CHARACTERS):
        return None
    if whole and present and max(map(len, present)) > _MOST_SAFE_DIGITS:
        return None
    try:
        return list(map(int if whole else float, present))
    except ValueError:
        return None


def _int_of(text: str) -> Optional[int]:
    if _INT.fullmatch(text) is None:
        return None
    digits = text.lstrip("+-0")
    if len(digits) > 19:
        return None
    value = int(digits or "0")
    if text[0] == "-":
        value = -value
    return value if -(2**63) <= value < 2**63 else None


def _float_of(text: str) -> Optional[float]:
    return float(text) if _FLOAT.fullmatch(text) else None

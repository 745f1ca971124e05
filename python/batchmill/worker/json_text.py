"""Values of scripts as JSON text (parallel-job.md 6, JSON lines)."""

from __future__ import annotations

import datetime
import json
import re
import sys
from typing import Any, Tuple

_WHITE_SPACE_OR_STRING = re.compile(r'("(?:[^"\\]|\\.)*")|[ \t\r\n]+')


def dump(value: Any) -> str:
    """Compact JSON of any value; what JSON does not know becomes text, no number becomes null.

    May hold lone surrogates, as the value does. Raises ValueError for a value that holds itself.
    """
    try:
        return _encode(value)
    except (ValueError, TypeError) as error:  # NaN or infinity, or keys of other types
        try:
            return _encode(_clean(value))
        except RecursionError:
            raise error from None


def parse(text: str) -> Tuple[bool, Any]:
    """Whether a text is a JSON document, and its value with numbers left as texts."""
    try:
        return True, _decode(text)
    except (ValueError, RecursionError):
        return False, None


def on_one_line(text: str) -> str:
    """A JSON document as it is, but for white space where that holds a line break."""
    if "\n" in text or "\r" in text:
        return _WHITE_SPACE_OR_STRING.sub(lambda found: found.group(1) or "", text)
    return text


def output_of(value: Any) -> Tuple[bool, Any]:
    """Of a string that is a JSON object with ``output``: (True, that value)."""
    if isinstance(value, str) and '"output"' in value:
        try:
            found = json.loads(value, parse_constant=_refuse)
        except (ValueError, RecursionError):
            return False, None
        if isinstance(found, dict) and "output" in found:
            return True, found["output"]
    return False, None


def is_array(value: Any) -> bool:
    """A numpy array with elements, or a pandas Series or Index."""
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, numpy.ndarray):
        return bool(value.ndim > 0)
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, (pandas.Series, pandas.Index))


def _plain(value: Any) -> Any:
    """What stands in JSON for a value that JSON does not know."""
    if is_missing(value):
        return None
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        if isinstance(value, (numpy.datetime64, numpy.timedelta64)):
            return str(value)
        if isinstance(value, numpy.generic):
            item = value.item()
            return str(value) if isinstance(item, numpy.generic) else item
    if is_array(value):
        return list(value)
    return str(value)


def is_missing(value: Any) -> bool:
    """pandas.NA, NaT and numpy's NaT; NaN is a number."""
    pandas = sys.modules.get("pandas")
    if pandas is not None and (value is pandas.NA or value is pandas.NaT):
        return True
    numpy = sys.modules.get("numpy")
    if numpy is None or not isinstance(value, (numpy.datetime64, numpy.timedelta64)):
        return False
    return bool(numpy.isnat(value))


def _clean(value: Any) -> Any:
    """A copy that JSON can hold."""
    if isinstance(value, dict):
        return {_key(key): _clean(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(inner) for inner in value]
    if isinstance(value, float):
        return value if value - value == 0 else None  # neither NaN nor infinite
    if value is None or isinstance(value, (str, int)):
        return value
    return _clean(_plain(value))


def _key(key: Any) -> Any:
    if key is None or isinstance(key, (str, bool, int)):
        return key
    return key if isinstance(key, float) and key - key == 0 else str(key)


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


# NaN and infinities are no JSON. Numbers as texts: they have no largest and lose no digit.
_decode = json.JSONDecoder(parse_constant=_refuse, parse_int=str, parse_float=str).decode
_encode = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain
).encode

"""What ``run()`` may return (parallel-job.md 3.4), and elements as plain lines."""

from __future__ import annotations

import codecs
import sys
from array import array
from typing import Any, Iterator, NamedTuple, Sequence, Tuple

ROW_ERRORS = "batchmill-rows"  # error handler for encoding rows


def _escape_for_rows(error: UnicodeError) -> Tuple[bytes, int]:
    """Undecodable bytes of file names come out as they were; other surrogates as ``\\ud800``."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    out = bytearray()
    for character in error.object[error.start : error.end]:
        point = ord(character)
        if 0xDC80 <= point <= 0xDCFF:
            out.append(point - 0xDC00)
        else:
            out += b"\\u%04x" % point
    return bytes(out), error.end


codecs.register_error(ROW_ERRORS, _escape_for_rows)


class BadReturn(Exception):
    """A value that ``run()`` may not return. ``code`` is 905 or 907 (messages.md 3.2)."""

    def __init__(self, code: int, message: str, help_text: str) -> None:
        super().__init__(message)
        self.code = code
        self.help_text = help_text


class Elements(NamedTuple):
    """A result whose elements each give one line."""

    values: Sequence[Any]


class Frame(NamedTuple):
    """A returned ``pandas.DataFrame``."""

    frame: Any


def lines(values: Sequence[Any]) -> bytes:
    """``str(element)`` and a newline for each."""
    if not values:
        return b""
    return ("\n".join(map(str, values)) + "\n").encode("utf-8", ROW_ERRORS)


def classify(result: Any) -> Any:
    """Elements or Frame; generators and other iterators are consumed here.

    Raises BadReturn, and whatever a generator of the script raises.
    """
    if isinstance(result, (list, tuple)):
        return Elements(result)
    if result is None:
        raise BadReturn(907, "run returned None", "return a list (is a 'return' missing?)")
    if isinstance(result, Iterator):
        return Elements(list(result))
    pandas = sys.modules.get("pandas")
    if pandas is not None:
        if isinstance(result, pandas.DataFrame):
            return Frame(result)
        if isinstance(result, (pandas.Series, pandas.Index)):
            return Elements(list(result))
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(result, numpy.ndarray) and result.ndim > 0:
        return Elements(list(result))
    if isinstance(result, array):
        return Elements(result)
    kind = type(result)
    name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
    raise BadReturn(
        905,
        f"run returned {name}, not a list, DataFrame, array, tuple or generator",
        "return [<value>]",
    )

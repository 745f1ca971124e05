"""What ``run()`` may return, and its rows as bytes (parallel-job.md 3.4 and 6)."""

from __future__ import annotations

import codecs
import sys
from array import array
from typing import Any, Dict, Iterator, NamedTuple, Optional, Sequence, Tuple

ROW_ERRORS = "batchmill-rows"  # error handler for encoding rows

# Keywords of DataFrame.to_csv that say where the text goes; that is not the script's to choose.
_NOT_OURS = ("path_or_buf", "mode", "encoding", "errors", "compression", "storage_options")


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


class FrameFormat:
    """``DataFrame.to_csv`` with the step's options; the header apart (worker-protocol.md)."""

    def __init__(self, to_csv: Dict[str, Any]) -> None:
        options = {key: value for key, value in to_csv.items() if key not in _NOT_OURS}
        options.setdefault("sep", " ")
        options.setdefault("index", False)
        self._header = options.pop("header", False)
        self._options = options
        self.has_header = bool(self._header) or isinstance(self._header, (list, tuple))

    def rows(self, frame: Any) -> bytes:
        text: str = frame.to_csv(None, header=False, **self._options)
        return text.encode("utf-8", ROW_ERRORS)

    def header(self, frame: Any) -> Optional[bytes]:
        """The header line, when the options ask for one."""
        if not self.has_header:
            return None
        text: str = frame.head(0).to_csv(None, header=self._header, **self._options)
        return text.encode("utf-8", ROW_ERRORS)

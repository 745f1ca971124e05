"""Slices of files: their bytes, the rows in them, the lines they begin at (manifest.md)."""

from __future__ import annotations

from typing import Callable, List, Optional, Sequence

from batchmill.worker import error_record
from batchmill.worker.error_record import Record
from batchmill.worker.manifest import Slice

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_CHUNK = 1 << 20


class LoadFailure(Exception):
    """A mini-batch that cannot be loaded. ``rows`` are those it would have had, 0 if unknown."""

    def __init__(self, record: Record, rows: int) -> None:
        super().__init__(record["message"])
        self.record = record
        self.rows = rows


def read_slice(part: Slice) -> bytes:
    """The bytes of a slice. Raises LoadFailure."""
    try:
        with open(part.path, "rb") as file:
            file.seek(part.begin)
            data = file.read(part.end - part.begin)
    except FileNotFoundError as error:
        raise _failure(part, error_record.VANISHED, "vanished after it was listed", error) from None
    except OSError as error:
        reason = f"cannot be read: {error.strerror}"
        raise _failure(part, error_record.LOAD_FAILED, reason, error) from None
    if len(data) < part.end - part.begin:
        reason = f"changed after planning: it ends at byte {part.begin + len(data)}"
        raise _failure(part, error_record.CHANGED, f"{reason}, was at least {part.end}", None)
    return data


def with_rows(
    slices: Sequence[Slice], first: int, count: int, is_blank: Callable[[bytes], bool]
) -> List[Slice]:
    """The parts of slices that hold rows [first, first + count): whole lines, blank ones included.

    Rows are the lines that are not blank; ``is_blank`` gets a line without its newline.
    """
    narrowed = []
    for part in slices:
        if count <= 0:
            break
        begin = end = line_of_begin = 0
        position = part.begin
        for number, line in enumerate(read_slice(part).split(b"\n")):
            following = position + len(line) + 1
            if not is_blank(_without_mark(line, position)):
                if first > 0:
                    first -= 1
                elif count > 0:
                    if not end:
                        begin, line_of_begin = position, number
                    end = min(following, part.end)
                    count -= 1
                else:
                    break
            position = following
        if end:
            first_line = part.first_line + line_of_begin if part.first_line else 0
            narrowed.append(part._replace(begin=begin, end=end, first_line=first_line))
    return narrowed


def count_rows(slices: Sequence[Slice], is_blank: Callable[[bytes], bool]) -> int:
    """Rows of slices, by the same rule. Raises LoadFailure."""
    return sum(
        not is_blank(line)
        for part in slices
        for line in _without_mark(read_slice(part), part.begin).split(b"\n")
    )


def _without_mark(data: bytes, position: int) -> bytes:
    """A byte order mark at the begin of a file is no text."""
    at_begin = position == 0 and data.startswith(BYTE_ORDER_MARK)
    return data[len(BYTE_ORDER_MARK) :] if at_begin else data


def line_number(part: Slice, line: int) -> int:
    """Number, from 1, of the file's line that is ``line`` lines behind the slice's begin.

    Reads the file up to the slice where the plan does not tell; 0 when that is impossible.
    """
    if part.first_line:
        return part.first_line + line
    before = 0
    try:
        with open(part.path, "rb") as file:
            left = part.begin
            while left > 0:
                chunk = file.read(min(left, _CHUNK))
                if not chunk:
                    break
                before += chunk.count(10)
                left -= len(chunk)
    except OSError:
        return 0
    return before + 1 + line


def name_of_row(slices: Sequence[Slice], row: int, is_blank: Callable[[bytes], bool]) -> str:
    """``file:line`` of a row of these slices. Raises LoadFailure."""
    (place,) = with_rows(slices, row, 1, is_blank)
    return f"{place.item}:{line_number(place, 0)}"


def not_utf8(part: Slice, data: bytes, skipped: int, error: UnicodeDecodeError) -> Record:
    """The record of bytes that are no UTF-8; ``data`` begins ``skipped`` bytes into the slice."""
    offset = part.begin + skipped + error.start
    line = line_number(part, data.count(10, 0, error.start))
    record = error_record.plain(
        error_record.LOAD_FAILED,
        f"not valid UTF-8: {error.reason} (byte 0x{data[error.start]:02x})",
        item=part.item,
        detail=f"byte offset {offset}, line {line}",
    )
    record["type"] = "UnicodeDecodeError"
    return record


def _failure(part: Slice, code: int, reason: str, error: Optional[BaseException]) -> LoadFailure:
    record = error_record.plain(code, reason, item=part.item)
    if error is not None:
        record["type"] = error_record.type_of(error)
        record["detail"] = error_record.message_of(error)
    return LoadFailure(record, 0)

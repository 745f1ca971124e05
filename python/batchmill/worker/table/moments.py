"""Texts of dates and times as nanoseconds since 1970 (mltable-and-data.md 2.6)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, List, Optional, Sequence

from batchmill.worker.table.schema import Column

_ISO = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})"
    r"(?:[T ](?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.(?P<fraction>\d+))?)?"
    r"(?P<zone>Z|[+-]\d{2}(?::?\d{2})?)?)?",
    re.ASCII,
)
_PARTS = {
    "m": r"(?P<month>\d{2})",
    "d": r"(?P<day>\d{2})",
    "Y": r"(?P<year>\d{4})",
    "H": r"(?P<hour>\d{2})",
    "M": r"(?P<minute>\d{2})",
    "S": r"(?P<second>\d{2})",
}
# A whole block of values, each ended by a newline, that numpy reads exactly as the rules do.
_PLAIN_ISO_BLOCK = re.compile(
    r"(?:\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)?\n)*", re.ASCII
)

_EPOCH = datetime(1970, 1, 1)
_LARGEST = 2**63 - 1  # its negative is the smallest; one below that is NaT


def nanoseconds(text: str, column: Column) -> Optional[int]:
    """The moment in UTC; None when the text is none, or outside of what datetime64[ns] holds."""
    found = _pattern(column.format).fullmatch(text)
    if found is None:
        return None
    part = found.groupdict()
    try:
        moment = datetime(
            int(part["year"]),
            int(part["month"]),
            int(part["day"]),
            int(part.get("hour") or 0),
            int(part.get("minute") or 0),
            int(part.get("second") or 0),
        )
    except ValueError:
        return None
    since = moment - _EPOCH
    value = (since.days * 86400 + since.seconds) * 1_000_000_000
    value += int((part.get("fraction") or "")[:9].ljust(9, "0"))
    zone = part.get("zone")
    if zone and zone != "Z":
        hours, minutes = int(zone[1:3]), int(zone[3:].lstrip(":") or 0)
        if hours > 23 or minutes > 59:
            return None
        offset = (hours * 60 + minutes) * 60_000_000_000
        value += offset if zone[0] == "-" else -offset
    return value if -_LARGEST <= value <= _LARGEST else None


def plain_moments(texts: Sequence[str], column: Column) -> Optional[Any]:
    """An array of datetime64[ns] when all texts are of the plain forms and in range, else None."""
    import numpy

    block = "\n".join(texts) + "\n"
    if column.format not in ("", "iso"):
        if re.fullmatch(rf"(?:{_slash_pattern(column.format)}\n)*", block, re.ASCII) is None:
            return None
        texts = _slash_to_iso(texts, column.format.startswith("d"))
    elif _PLAIN_ISO_BLOCK.fullmatch(block) is None:
        return None
    try:
        moments = numpy.array(texts, dtype="datetime64[us]")
    except ValueError:  # 30 February
        return None
    limit = numpy.int64(_LARGEST // 1000)
    values = moments.view(numpy.int64)
    if ((values > limit) | (values < -limit)).any():
        return None
    return moments.astype("datetime64[ns]")


def _pattern(form: str) -> "re.Pattern[str]":
    if form in ("", "iso"):
        return _ISO
    return re.compile("".join(_PARTS.get(letter, letter) for letter in form), re.ASCII)


def _slash_pattern(form: str) -> str:
    """The same without names, to be repeated."""
    return re.sub(r"\?P<\w+>", "?:", "".join(_PARTS.get(letter, letter) for letter in form))


def _slash_to_iso(texts: Sequence[str], day_first: bool) -> List[str]:
    if day_first:
        return [f"{text[6:10]}-{text[3:5]}-{text[0:2]}{text[10:]}" for text in texts]
    return [f"{text[6:10]}-{text[0:2]}-{text[3:5]}{text[10:]}" for text in texts]

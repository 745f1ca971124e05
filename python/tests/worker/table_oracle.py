"""What a slice of a delimited file means, written a second time and as plainly as possible.

Neither csv nor pandas nor the worker's own modules: one character at a time, values by Decimal and
strptime. Gives Python values, from which the expected dtypes follow.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Dict, List, Optional, Tuple

DIGITS = set("0123456789")


class TooMany(Exception):
    """A row with more fields than columns: (line from 0, number of fields)."""


def fields_of(line: str, delimiter: str) -> List[str]:
    fields = [""]
    state = "start"
    for character in line:
        if state == "quoted":
            if character == '"':
                state = "perhaps closed"
            else:
                fields[-1] += character
        elif state == "perhaps closed" and character == '"':
            fields[-1] += '"'
            state = "quoted"
        elif character == delimiter:
            fields.append("")
            state = "start"
        elif state == "start" and character == '"':
            state = "quoted"
        else:
            fields[-1] += character
            state = "inside"
    return fields


def rows_of(text: str, delimiter: str, columns: int) -> List[Tuple[int, List[Optional[str]]]]:
    rows = []
    for number, line in enumerate(text.split("\n")):
        if line[-1:] == "\r":
            line = line[:-1]
        if line == "":
            continue
        fields: List[Optional[str]] = list(fields_of(line, delimiter))
        if len(fields) > columns:
            raise TooMany(number, len(fields))
        while len(fields) < columns:
            fields.append(None)
        rows.append((number, fields))
    return rows


def value_of(text: Optional[str], kind: str, date: str, empty_as_string: bool) -> Any:
    """The value; None for null; the exception ValueError for one that does not fit."""
    if kind == "string":
        return None if text is None or (text == "" and not empty_as_string) else text
    if text is None or text == "":
        return None
    if kind == "bool":
        return (
            {"true": True, "false": False}[text.lower()]
            if text.lower() in ("true", "false")
            else bad()
        )
    if kind == "int":
        body = text[1:] if text[0] in "+-" else text
        if not body or not set(body) <= DIGITS:
            bad()
        number = int(Decimal(text))
        return number if -(2**63) <= number < 2**63 else bad()
    if kind == "float":
        return float_of(text)
    return moment_of(text, date)


def float_of(text: str) -> float:
    body = text[1:] if text[0] in "+-" else text
    sign = -1.0 if text[0] == "-" else 1.0
    if body.lower() in ("inf", "infinity"):
        return sign * math.inf
    if body.lower() == "nan":
        return math.nan
    if not set(body) <= DIGITS | set(".eE+-") or not body:
        bad()
    try:
        return float(Decimal(text))
    except InvalidOperation:
        return bad()


def moment_of(text: str, date: str) -> int:
    """Nanoseconds since 1970."""
    shape = "".join("0" if character in DIGITS else character for character in text)
    fraction = zone = ""
    if date == "iso":
        if shape.endswith("Z"):
            text, shape = text[:-1], shape[:-1]
            zone = "Z"
        else:
            for ending in ("+00:00", "-00:00", "+0000", "-0000", "+00", "-00"):
                if shape.endswith(ending) and ":" in shape[: -len(ending)]:
                    zone = text[-len(ending) :].replace(":", "")
                    text, shape = text[: -len(ending)], shape[: -len(ending)]
                    break
        if "." in text:
            text, _, fraction = text.partition(".")
            if not fraction or not set(fraction) <= DIGITS:
                bad()
            if len(text) != 19:
                bad()
            shape = shape[:19]
        shapes = {
            "0000-00-00": "%Y-%m-%d",
            "0000-00-00T00:00": "%Y-%m-%dT%H:%M",
            "0000-00-00 00:00": "%Y-%m-%d %H:%M",
            "0000-00-00T00:00:00": "%Y-%m-%dT%H:%M:%S",
            "0000-00-00 00:00:00": "%Y-%m-%d %H:%M:%S",
        }
        if zone and len(shape) == 10:
            bad()
    else:
        form = "".join("%" + letter if letter.isalpha() else letter for letter in date)
        wanted = "".join({"Y": "0000"}.get(c, "00" if c.isalpha() else c) for c in date)
        shapes = {wanted: form}
    if shape not in shapes or text[-2:] in ("60", "61") and shape.count(":") == 2:
        bad()
    moment = datetime.strptime(text, shapes[shape])  # ValueError for 30 February
    since = moment - datetime(1970, 1, 1)
    value = (since // timedelta(seconds=1)) * 10**9 + int((fraction + "0" * 9)[:9])
    if zone not in ("", "Z"):
        hours, minutes = int(zone[1:3]), int(zone[3:5] or "0")
        if hours > 23 or minutes > 59:
            bad()
        shift = (hours * 60 + minutes) * 60 * 10**9
        value += -shift if zone[0] == "+" else shift
    return value if -(2**63) < value < 2**63 else bad()


def bad() -> Any:
    raise ValueError


def table_of(
    text: str, delimiter: str, columns: List[Dict[str, str]], empty_as_string: bool
) -> Tuple[List[Tuple[str, List[Any]]], List[Tuple[str, int, int]]]:
    """Per column (dtype, values); and misfits as (column, count, line of the first from 0)."""
    rows = rows_of(text, delimiter, len(columns))
    result = []
    misfits = []
    for position, column in enumerate(columns):
        kind = column["type"]
        values: List[Any] = []
        wrong = []
        for line, fields in rows:
            try:
                date = column.get("format", "iso")
                values.append(value_of(fields[position], kind, date, empty_as_string))
            except ValueError:
                values.append(None)
                wrong.append(line)
        if wrong:
            misfits.append((column["name"], len(wrong), wrong[0]))
        has_null = any(value is None for value in values)
        dtype = {
            "string": "object",
            "bool": "object" if has_null else "bool",
            "int": "float64" if has_null else "int64",
            "float": "float64",
            "datetime": "datetime64[ns]",
        }[kind]
        result.append((dtype, values))
    return result, misfits

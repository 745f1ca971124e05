"""Splitting delimited text line by line: the rules themselves (mltable-and-data.md 2.4).

Every line break ends a record, also inside quotes; CRLF and LF are line breaks; blank lines are
skipped; short rows are padded with null; a row with more fields than columns is an error.
"""

from __future__ import annotations

from typing import List, NamedTuple, Optional

QUOTE = '"'


class RaggedRow(Exception):
    """A row with more fields than the table has columns. ``line`` counts from 0."""

    def __init__(self, line: int, fields: int, text: str) -> None:
        super().__init__(line, fields, text)
        self.line = line
        self.fields = fields
        self.text = text


class Rows(NamedTuple):
    columns: List[List[Optional[str]]]  # texts by column; None: the row was too short
    lines: List[int]  # line of each row, from 0


def split(text: str, delimiter: str, count: int) -> Rows:
    """Fields of ``count`` columns. Raises RaggedRow at the first row that has more."""
    rows: List[List[Optional[str]]] = []
    numbers: List[int] = []
    for number, line in enumerate(text.split("\n")):
        if line.endswith("\r"):
            line = line[:-1]
        if not line:
            continue
        fields: List[Optional[str]]
        if QUOTE in line:
            fields = [*split_quoted(line, delimiter)]
        else:
            fields = [*line.split(delimiter)]
        if len(fields) != count:
            if len(fields) > count:
                raise RaggedRow(number, len(fields), line)
            fields += [None] * (count - len(fields))
        rows.append(fields)
        numbers.append(number)
    if not rows:
        return Rows([[] for _ in range(count)], [])
    return Rows([list(column) for column in zip(*rows)], numbers)


def split_quoted(line: str, delimiter: str) -> List[str]:
    """Fields of one line that holds quotes.

    A field is quoted when it begins with a quote; a doubled quote inside stands for one; what
    follows the closing quote is kept as it is; a quote that is not closed ends with the line. In
    other fields quotes are ordinary characters.
    """
    fields = []
    position = 0
    while True:
        if line.startswith(QUOTE, position):
            field, position = _quoted_field(line, position + 1, delimiter)
        else:
            end = line.find(delimiter, position)
            if end < 0:
                end = len(line)
            field, position = line[position:end], end
        fields.append(field)
        if position >= len(line):
            return fields
        position += len(delimiter)


def is_blank(line: bytes) -> bool:
    """Whether a line, without its newline, is no row."""
    return line in (b"", b"\r")


def count_rows(data: bytes) -> int:
    """Rows in the bytes of a slice: its lines that are not blank."""
    if not data:
        return 0
    if b"\n\n" in data or b"\n\r\n" in data or data.startswith((b"\n", b"\r\n")):
        return sum(1 for line in data.split(b"\n") if line not in (b"", b"\r"))
    last = data[data.rfind(b"\n") + 1 :]
    return data.count(b"\n") + (last not in (b"", b"\r"))


def _quoted_field(line: str, position: int, delimiter: str) -> "tuple[str, int]":
    """The field whose first quote stands before ``position``, and where it ends."""
    parts = []
    while True:
        closing = line.find(QUOTE, position)
        if closing < 0:
            parts.append(line[position:])
            return "".join(parts), len(line)
        parts.append(line[position:closing])
        position = closing + 1
        if not line.startswith(QUOTE, position):
            break
        parts.append(QUOTE)
        position += 1
    end = line.find(delimiter, position)
    if end < 0:
        end = len(line)
    parts.append(line[position:end])
    return "".join(parts), end

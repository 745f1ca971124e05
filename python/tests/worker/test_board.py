"""board.py against the header that the agent is built from."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest

from batchmill.worker import board

HEADER = Path(__file__).parents[3] / "src/protocol/worker_board.h"
VERSIONS = Path(__file__).parents[3] / "src/protocol/versions.h"
ATTEMPT = Path(__file__).parents[3] / "src/model/attempt.h"
SIZES = {"uint64_t": 8, "int64_t": 8, "uint32_t": 4, "uint8_t": 1, "Slot": 16}


def constant(name: str, text: str) -> int:
    found = re.search(rf"\b{name} = (0x[0-9a-f]+|\d+)", text)
    assert found, name
    return int(found.group(1), 0)


def offsets(struct_name: str) -> dict[str, int]:
    """Offsets of the members of a struct in the C++ header, with natural alignment."""
    body = re.search(rf"struct {struct_name} {{(.*?)\n}};", HEADER.read_text(), re.S)
    assert body
    result = {}
    position = 0
    members = re.findall(r"^\s*(?:std::)?(\w+) (\w+)(?:\[(\d+)\])?;", body.group(1), re.M)
    assert members
    for kind, name, count in members:
        size = SIZES[kind]
        align = min(size, 8)
        position = -(-position // align) * align
        result[name] = position
        position += size * int(count or 1)
    result["end"] = position
    return result


def test_sizes_and_versions_are_those_of_the_agent() -> None:
    text = HEADER.read_text()
    assert board.MAGIC == constant("kMagic", text)
    assert board.HEADER_BYTES == constant("kHeaderBytes", text)
    assert board.ENTRY_BYTES == constant("kEntryBytes", text)
    assert board.RING_ENTRIES == constant("kRingEntries", text)
    assert board.VERSION == constant("kBoardVersion", VERSIONS.read_text())


def test_words_lie_where_the_agent_looks() -> None:
    where = offsets("Header")
    for name, word in {
        "ticket_limit": board.TICKET_LIMIT,
        "consumed": board.CONSUMED,
        "wake_wanted": board.WAKE_WANTED,
        "finished": board.FINISHED,
        "started": board.STARTED,
        "refused": board.REFUSED,
        "running": board.RUNNING,
        "loading": board.LOADING,
        "running_items": board.RUNNING_ITEMS,
    }.items():
        assert where[name] == word * 8, name
    assert board.RUNNING_START == board.RUNNING + 1
    assert board.LOADING_START == board.LOADING + 1


def test_entries_are_packed_as_the_agent_reads_them() -> None:
    where = offsets("Entry")
    assert where.pop("end") == board.ENTRY_BYTES
    assert where.pop("reserved") == board.ENTRY.size
    values = list(range(1, 15))
    packed = board.ENTRY.pack(*values)
    names = list(where)
    ends = [*list(where.values())[1:], board.ENTRY.size]
    for value, name, end in zip(values, names, ends):
        assert int.from_bytes(packed[where[name] : end], "little") == value, name


@pytest.mark.parametrize(
    "name, value",
    [
        ("kRunDone", board.RUN_DONE),
        ("kRunException", board.RUN_EXCEPTION),
        ("kRunTimeout", board.RUN_TIMEOUT),
        ("kLoadException", board.LOAD_EXCEPTION),
    ],
)
def test_statuses_have_the_numbers_of_the_ledger(name: str, value: int) -> None:
    assert constant(name, ATTEMPT.read_text()) == value


def test_a_board_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "board"
    path.write_bytes(struct.pack("@QII", board.MAGIC, 2, 1024) + bytes(board.BOARD_BYTES - 16))
    with open(path, "r+b") as file, pytest.raises(board.BoardMismatch):
        board.Board(file.fileno())

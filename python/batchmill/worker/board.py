"""The shared memory between this worker and its agent (docs/formats/worker-board.md).

Mirrors ``src/protocol/worker_board.h``; a test compares both. Words are read and written through a
memoryview of unsigned 64-bit integers: one aligned machine access each, which the explicitly
little-endian formats of ``struct`` would not give.
"""

from __future__ import annotations

import mmap
import os
import struct

MAGIC = 0x31304452414F4D42  # "BMOARD01"
VERSION = 1
HEADER_BYTES = 4096
ENTRY_BYTES = 128
RING_ENTRIES = 1024
BOARD_BYTES = HEADER_BYTES + ENTRY_BYTES * RING_ENTRIES

# Indices of 64-bit words. The agent writes these ...
TICKET_LIMIT = 2
CONSUMED = 3
WAKE_WANTED = 4
# ... and the worker these. A slot is filled start first, then ticket; ticket 0 empties it.
FINISHED = 5
STARTED = 6
REFUSED = 7
RUNNING = 8
RUNNING_START = 9
LOADING = 10
LOADING_START = 11
RUNNING_ITEMS = 12  # rows of the running lease; 0 where the plan tells the number

# ticket, status, has_error, total, succeeded, rows, crc, spool offset, spool length,
# started (wall, us), elapsed us, run us, cpu us, peak RSS KiB
ENTRY = struct.Struct("@QIIIIIIQQqQQQQ")

# Values of AttemptStatus (src/model/attempt.h) that a worker reports.
RUN_DONE = 0
RUN_EXCEPTION = 1
RUN_TIMEOUT = 2  # reported by the worker itself only with the streaming contract
LOAD_EXCEPTION = 4


class BoardMismatch(Exception):
    """The agent's board is of another version than ours."""


class Board:
    """A mapped board. ``words`` and ``memory`` are views of the same bytes."""

    def __init__(self, descriptor: int) -> None:
        """Maps the memfd and keeps the descriptor, for a process of ours that writes here too."""
        self.descriptor = descriptor
        self._map = mmap.mmap(descriptor, BOARD_BYTES)
        self.memory = memoryview(self._map)
        self.words = self.memory.cast("Q")
        version, entries = struct.unpack_from("@II", self.memory, 8)
        if (self.words[0], version, entries) != (MAGIC, VERSION, RING_ENTRIES):
            raise BoardMismatch(f"board of version {version} with {entries} ring entries")

    def abandon(self) -> None:
        """Makes every later access raise ValueError: a forked child must not speak for us."""
        self.words.release()
        self.memory.release()
        os.close(self.descriptor)


def entry_offset(number: int) -> int:
    """Byte offset of result ``number`` (from 0) in the ring."""
    return HEADER_BYTES + number % RING_ENTRIES * ENTRY_BYTES

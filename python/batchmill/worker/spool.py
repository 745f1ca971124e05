"""The file that holds this worker's returned rows until the merge (worker-protocol.md)."""

from __future__ import annotations

import os
from typing import Optional

from batchmill.worker.descriptors import move_high

_CHUNK = 1 << 30  # Linux writes at most 2 GiB at once


class Spool:
    """Rows one after the other, no framing; nobody else writes to the file."""

    def __init__(self, path: str) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        self.path = path
        self.descriptor = move_high(os.open(path, flags, 0o600))
        self.size = os.fstat(self.descriptor).st_size  # bytes

    def append(self, data: bytes) -> None:
        """All of it or nothing: on OSError (disk full) the file is cut back to what it was."""
        try:
            written = os.write(self.descriptor, data)
            if written < len(data):
                self._append_rest(data, written)
        except OSError:
            os.ftruncate(self.descriptor, self.size)
            raise
        self.size += len(data)

    def write_header(self, header: bytes) -> None:
        """Puts the DataFrame header beside the spool, complete or not at all."""
        final = self.path + ".header"
        temporary = final + ".tmp"
        with open(temporary, "wb") as file:
            file.write(header)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, final)

    def abandon(self) -> None:
        """Closes a forked child's copy."""
        os.close(self.descriptor)

    def _append_rest(self, data: bytes, written: int) -> None:
        view = memoryview(data)
        while written < len(view):
            written += os.write(self.descriptor, view[written : written + _CHUNK])


def open_spool(path: Optional[str]) -> Optional[Spool]:
    return Spool(path) if path else None

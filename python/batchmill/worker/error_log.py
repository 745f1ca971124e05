"""Full tracebacks of a worker: ``logs/user/error/<node>/<proc>.txt`` (parallel-job.md 7.2)."""

from __future__ import annotations

import os
import time
import traceback

from batchmill.worker.error_record import without_own_frames

MAX_BYTES = 64 * 1024 * 1024


class ErrorLog:
    """Appends to a file that appears with the first failure. Never raises."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._left = MAX_BYTES

    def write(self, what: str, error: BaseException) -> None:
        """``what`` says during what: ``mini-batch 17, try 1: run()``."""
        error.__traceback__ = without_own_frames(error.__traceback__)
        try:
            text = "".join(traceback.TracebackException.from_exception(error).format())
        except Exception as problem:  # noqa: BLE001 - source or names that cannot be shown
            text = f"{type(error).__name__} (its traceback cannot be shown: {problem!r})\n"
        self.write_text(what, text)

    def write_text(self, what: str, text: str) -> None:
        if self._left <= 0:
            return
        now = time.time()
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
        entry = f"{stamp}.{int(now % 1 * 1e6):06d}Z {what}\n{text.rstrip()}\n\n"
        data = entry.encode("utf-8", "backslashreplace")
        self._left -= len(data)
        if self._left <= 0:
            data += b"This file has reached its limit; further tracebacks are left out.\n"
        try:
            os.makedirs(os.path.dirname(self.path), exist_ok=True)
            with open(self.path, "ab") as file:
                file.write(data)
        except OSError:
            pass  # the record that goes to the agent holds what is needed

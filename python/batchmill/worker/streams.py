"""stdout, stderr and logging as a script finds them (parallel-job.md 3.6).

The agent has already opened both as files of this worker. Here they become line-buffered and
unable to fail on any text; logging goes to stdout; native crashes and SIGUSR1 (sent by the agent
before it ends a worker that hangs) leave Python stacks in stderr.
"""

from __future__ import annotations

import faulthandler
import fcntl
import io
import logging
import os
import signal
import stat
import sys
from typing import List

from batchmill.worker.descriptors import move_high

_TAIL_BYTES = 16384


def prepare() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    try:
        # A copy, so that the stacks find their file even when the script has closed stderr.
        copy = move_high(fcntl.fcntl(2, fcntl.F_DUPFD_CLOEXEC, 3))
    except OSError:
        return
    faulthandler.enable(file=copy, all_threads=True)
    faulthandler.register(signal.SIGUSR1, file=copy, all_threads=True, chain=False)


def prepare_logging(level: int) -> None:
    """Sends root logging to stdout. ``logging.basicConfig`` of a script then changes nothing."""
    root = logging.getLogger()
    if sys.stdout is not None:
        handler = logging.StreamHandler(sys.stdout)
        handler.setFormatter(
            logging.Formatter("%(asctime)s|%(levelname)s|%(process)d|%(name)s|%(message)s")
        )
        root.addHandler(handler)
    root.setLevel(level)


def level_of(name: str) -> int:
    return {"DEBUG": logging.DEBUG, "WARNING": logging.WARNING}.get(name, logging.INFO)


def stderr_tail(lines: int) -> List[str]:
    """The last lines that were written to stderr; none when it is no regular file."""
    flush()
    try:
        with open("/proc/self/fd/2", "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                return []
            file.seek(max(0, status.st_size - _TAIL_BYTES))
            text = file.read(_TAIL_BYTES).decode("utf-8", "backslashreplace")
    except OSError:
        return []
    return text.splitlines()[-lines:]


def flush() -> None:
    """Never raises: the script may have closed or replaced the streams."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # noqa: BLE001 - a replaced stream may raise anything
            pass

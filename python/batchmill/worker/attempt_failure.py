"""Reporting a failed try: an error message to the agent, a traceback for the user."""

from __future__ import annotations

import os
from typing import Any, Callable, Optional, Sequence

from batchmill.worker import error_record
from batchmill.worker.error_log import ErrorLog
from batchmill.worker.error_record import Record, UserCode
from batchmill.worker.leases import Lease
from batchmill.worker.messages import Channel
from batchmill.worker.result_rows import BadReturn


class FailureReporter:
    """Main thread only."""

    def __init__(
        self, channel: Channel, log: ErrorLog, user: UserCode, run: Callable[..., Any]
    ) -> None:
        self._channel = channel
        self._log = log
        self._user = user
        self._run = run

    def run_failed(
        self,
        lease: Lease,
        error: BaseException,
        paths: Sequence[str],
        prefix: str,
    ) -> None:
        """``run()`` raised, or returned what it may not. ``paths`` are the files it was given."""
        record = record_of(error, self._run, self._user, paths, prefix)
        log_failure(self._log, lease, error)
        self._send(lease.ticket, record)

    def load_failed(self, lease: Lease, record: Record) -> None:
        """The mini-batch could not be loaded; ``run()`` was not called."""
        place = f"{record['item']}: " if record["item"] else ""
        self._log.write_text(
            f"{lease.describe()}: loading", f"{place}{record['message']}\n{record['detail']}"
        )
        self._send(lease.ticket, record)

    def timed_out(self, lease: Lease, seconds: float, names: Sequence[str]) -> None:
        """A mini-batch of the streaming contract did not come back; there is no stack to show."""
        message = f"still running after {seconds:g} s (retry_settings.timeout)"
        record = error_record.plain(error_record.RUN_TIMEOUT, message)
        if len(names) == 1:
            record["item"] = names[0]
        self._log.write_text(f"{lease.describe()}: enqueued", message)
        self._send(lease.ticket, record)

    def spool_failed(self, ticket: int, path: str, error: OSError) -> None:
        """The returned rows could not be written."""
        record = error_record.plain(
            error_record.DISK, f"cannot write returned rows to {path}: {error.strerror}"
        )
        record["type"] = error_record.type_of(error)
        self._send(ticket, record)

    def _send(self, ticket: int, record: Record) -> None:
        self._channel.send({"type": "error", "ticket": ticket, "error": record})


def record_of(
    error: BaseException,
    run: Callable[..., Any],
    user: UserCode,
    paths: Sequence[str],
    prefix: str,
) -> Record:
    """The record of what ``run()`` raised, or may not return. ``paths``: the files it was given."""
    if isinstance(error, BadReturn):
        return error_record.plain(
            error.code,
            str(error),
            place=error_record.place_of_function(run, user),
            detail=error.help_text,
        )
    is_exit = isinstance(error, SystemExit)
    code = error_record.SCRIPT_EXIT if is_exit else error_record.RUN_RAISED
    record = error_record.from_exception(error, code, user)
    vanished = _vanished(error, paths)
    if vanished is not None:
        record["code"] = error_record.VANISHED
        record["item"] = _relative(vanished, prefix)
    elif len(paths) == 1:
        record["item"] = _relative(paths[0], prefix)
    return record


def log_failure(log: ErrorLog, lease: Lease, error: BaseException) -> None:
    what = f"{lease.describe()}: run()"
    if isinstance(error, BadReturn):
        log.write_text(what, f"{error}\n{error.help_text}")
    else:
        log.write(what, error)


def _vanished(error: BaseException, paths: Sequence[str]) -> Optional[str]:
    """The item that ``run()`` could not find, when it is indeed gone."""
    if not isinstance(error, FileNotFoundError):
        return None
    name = error.filename
    if isinstance(name, bytes):
        name = os.fsdecode(name)
    if isinstance(name, os.PathLike):
        name = os.fspath(name)
    return name if name in paths and not os.path.lexists(name) else None


def _relative(path: str, prefix: str) -> str:
    return path[len(prefix) :] if prefix and path.startswith(prefix) else path

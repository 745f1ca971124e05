"""One worker from its start to its end (docs/formats/worker-protocol.md)."""

from __future__ import annotations

import atexit
import os
import time
import traceback
from typing import Optional

from batchmill.worker import error_record, serving, streams
from batchmill.worker.board import Board
from batchmill.worker.contract import Contract
from batchmill.worker.descriptors import move_high
from batchmill.worker.leases import ProtocolError
from batchmill.worker.messages import Channel, Message
from batchmill.worker.notices import Notices
from batchmill.worker.spool import Spool, open_spool
from batchmill.worker.startup import StartFailure, Startup

PROTOCOL_VERSION = 1


class Exit:
    """Ends the process after the script's own exit handlers, with the code that is meant.

    Registered before any of the script's handlers, so it runs after them; a stdout that the script
    has closed would otherwise turn the exit code into 120.
    """

    def __init__(self) -> None:
        self.code: Optional[int] = None
        self._process = os.getpid()
        atexit.register(self._end)

    def _end(self) -> None:
        if self.code is not None and os.getpid() == self._process:
            streams.flush()
            os._exit(self.code)


class Session:
    """The worker's state between ``init`` and ``bye``."""

    def __init__(self, channel: Channel, board: Board, init: Message) -> None:
        self._channel = channel
        self._board = board
        self._spool_path: str = init["spool_path"]
        self._notices = Notices(channel)
        self.startup = Startup(
            init["spec"], init["node"], init["process"], init["log_folder"], self._notices
        )
        self._spool: Optional[Spool] = None

    def start(self) -> Contract:
        """Imports the script and calls ``init()``. Raises StartFailure."""
        functions = self.startup.load()
        self.startup.init(functions)
        return functions

    def serve(self, functions: Contract) -> None:
        """Works through leases until a shutdown is asked for."""
        startup = self.startup
        if startup.spec.get("append") is not None:
            self._spool = open_spool(self._spool_path)
        serving.serve(
            functions,
            startup.spec,
            self._board,
            self._channel,
            self._notices,
            startup.error_log,
            startup.user,
            self._spool,
        )

    def abandon(self) -> None:
        """In a child that the script forked: nothing of ours may be used there."""
        self._board.abandon()
        self._channel.abandon()
        if self._spool is not None:
            self._spool.abandon()


def main() -> None:
    """Never returns normally without having ended the conversation with the agent."""
    process = os.getpid()
    leave = Exit()
    channel = Channel(move_high(int(os.environ.pop("BATCHMILL_SOCKET"))))
    board = Board(move_high(int(os.environ.pop("BATCHMILL_BOARD"))))
    streams.prepare()
    channel.send({"type": "hello", "version": PROTOCOL_VERSION, "pid": process})
    session = Session(channel, board, _await_init(channel))
    os.register_at_fork(after_in_child=session.abandon)
    try:
        begin = time.monotonic()
        try:
            functions = session.start()
        except StartFailure as failure:
            channel.send({"type": "init_failed", "kind": failure.kind, "error": failure.record})
            leave.code = 1
            return
        channel.send({"type": "ready", "init_seconds": time.monotonic() - begin})
        session.serve(functions)
        shutdown_error = session.startup.shut_down(functions)
        channel.send({"type": "bye", "shutdown_error": shutdown_error})
        leave.code = 0
    except BaseException as error:
        if os.getpid() != process:
            _end_forked_child(error)
        raise


def _await_init(channel: Channel) -> Message:
    message = channel.receive_one()
    if message["type"] != "init":
        raise ProtocolError(f"expected init, got {message['type']!r}")
    return message


def _end_forked_child(error: BaseException) -> None:
    """A child that the script forked came back out of its code: it ends as if it had no caller."""
    origin = error if isinstance(error, StartFailure) else error.__context__
    code = 0
    if isinstance(origin, SystemExit):
        code = origin.code if isinstance(origin.code, int) else int(origin.code is not None)
    elif origin is not None and error_record.without_own_frames(origin.__traceback__) is not None:
        traceback.print_exception(type(origin), origin, origin.__traceback__)
        code = 1
    streams.flush()
    os._exit(code)

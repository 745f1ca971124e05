"""One worker from its start to its end (docs/formats/worker-protocol.md)."""

from __future__ import annotations

import atexit
import os
import sys
import time
import traceback
from typing import Any, Callable, Dict, Optional

from batchmill.worker import contract, environment, error_record, script, serving, streams
from batchmill.worker.board import Board
from batchmill.worker.contract import Contract
from batchmill.worker.descriptors import move_high
from batchmill.worker.entry_script import EntryScript
from batchmill.worker.error_log import ErrorLog
from batchmill.worker.error_record import Record, UserCode
from batchmill.worker.leases import ProtocolError
from batchmill.worker.messages import Channel, Message
from batchmill.worker.notices import Notices
from batchmill.worker.spool import Spool, open_spool

PROTOCOL_VERSION = 1
SPEC_VERSION = 1
_STDERR_LINES = 5


class StartFailure(Exception):
    """The worker cannot become ready. ``kind``: ``import``, ``no_run`` or ``init``."""

    def __init__(self, kind: str, record: Record) -> None:
        super().__init__(record["message"])
        self.kind = kind
        self.record = record


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
        self.spec: Dict[str, Any] = init["spec"]
        if self.spec["version"] != SPEC_VERSION:
            raise ProtocolError(f"worker.json of version {self.spec['version']}")
        self._channel = channel
        self._board = board
        self._init = init
        self._notices = Notices(channel)
        self._user = UserCode(self.spec["code"])
        name = environment.process_name(init["process"])
        user_logs = os.path.join(init["log_folder"], "user")
        node = str(init["node"])
        self._error_log = ErrorLog(os.path.join(user_logs, "error", node, f"{name}.txt"))
        self._script_log_dir = os.path.join(user_logs, "entry_script_log", node)
        self._spool: Optional[Spool] = None

    def start(self) -> Contract:
        """Imports the script and calls ``init()``. Raises StartFailure."""
        functions = self._import_script()
        if self.spec["input"]["kind"] == "table":
            self._need_pandas()
        if functions.init is None:
            text = f"{self.spec['entry_script']} has no init(); workers start without it"
            self._notices.say("init", 6, text)
        else:
            self._guarded("init", "init()", error_record.INIT_RAISED, functions.init)
        return functions

    def serve(self, functions: Contract) -> None:
        """Works through leases until a shutdown is asked for."""
        if self.spec.get("append") is not None:
            self._spool = open_spool(self._init["spool_path"])
        serving.serve(
            functions,
            self.spec,
            self._board,
            self._channel,
            self._notices,
            self._error_log,
            self._user,
            self._spool,
        )

    def shut_down(self, functions: Contract) -> Optional[Record]:
        """Calls ``shutdown()``; returns what it raised."""
        if functions.shutdown is None:
            return None
        try:
            functions.shutdown()
        except BaseException as error:  # noqa: BLE001
            self._error_log.write("shutdown()", error)
            return error_record.from_exception(error, error_record.RUN_RAISED, self._user)
        return None

    def _import_script(self) -> Contract:
        spec = self.spec
        level = streams.level_of(spec["logging_level"])
        found = script.locate(spec["code"], spec["entry_script"])
        try:
            environment.enter(spec["code"], script.folder_of(found, spec["code"]))
        except OSError as error:
            message = f"cannot enter the code folder {spec['code']}: {error.strerror}"
            record = error_record.plain(error_record.IMPORT_FAILED, message)
            raise StartFailure("import", record) from None
        process = self._init["process"]
        sys.argv = environment.arguments(spec["entry_script"], spec["arguments"], process)
        streams.prepare_logging(level)
        EntryScript()._attach(
            self._script_log_dir,
            environment.process_name(process),
            spec["output_dir"],
            str(self._init["node"]),
            level,
        )
        module = self._guarded(
            "import", "import", error_record.IMPORT_FAILED, lambda: script.load(found)
        )
        functions = contract.resolve(module)
        if functions is None:
            raise StartFailure(
                "no_run",
                error_record.plain(
                    error_record.NO_RUN,
                    f"{spec['entry_script']} has no function run",
                    detail=contract.missing_run_help(contract.defined_functions(module)),
                ),
            )
        return functions

    def _guarded(self, kind: str, what: str, code: int, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except BaseException as error:  # noqa: BLE001 - sys.exit() of an argument parser too
            self._error_log.write(what, error)
            record = error_record.from_exception(error, code, self._user)
            if isinstance(error, SystemExit):
                record["detail"] = "\n".join(streams.stderr_tail(_STDERR_LINES))
            elif record["code"] == error_record.PACKAGE:
                record["detail"] = f"python {sys.executable}"
            raise StartFailure(kind, record) from None

    def _need_pandas(self) -> None:
        try:
            import pandas  # noqa: F401
        except ImportError as error:
            message = f"step '{self.spec['step']}' needs pandas; {sys.executable} lacks it"
            record = error_record.plain(error_record.NO_PANDAS, message, detail=str(error))
            raise StartFailure("import", record) from None

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
    board_descriptor = int(os.environ.pop("BATCHMILL_BOARD"))
    board = Board(board_descriptor)
    os.close(board_descriptor)
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
        shutdown_error = session.shut_down(functions)
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

"""Importing the entry script, and calling its ``init()`` and ``shutdown()``."""

from __future__ import annotations

import os
import sys
from typing import Any, Callable, Dict, Optional

from batchmill.worker import contract, environment, error_record, script, streams
from batchmill.worker.contract import Contract
from batchmill.worker.entry_script import EntryScript
from batchmill.worker.error_log import ErrorLog
from batchmill.worker.error_record import Record, UserCode
from batchmill.worker.leases import ProtocolError
from batchmill.worker.notices import Remarks
from batchmill.worker.profiling import open_profiler

SPEC_VERSION = 1
_STDERR_LINES = 5


class StartFailure(Exception):
    """The script cannot serve. ``kind``: ``import``, ``no_run`` or ``init``."""

    def __init__(self, kind: str, record: Record) -> None:
        super().__init__(record["message"])
        self.kind = kind
        self.record = record


class Startup:
    """What surrounds the script in this process (parallel-job.md 3.6, worker.json)."""

    def __init__(
        self, spec: Dict[str, Any], node: int, process: int, log_folder: str, remarks: Remarks
    ) -> None:
        if spec["version"] != SPEC_VERSION:
            raise ProtocolError(f"worker.json of version {spec['version']}")
        self.spec = spec
        self.user = UserCode(spec["code"])
        name = environment.process_name(process)
        user_logs = os.path.join(log_folder, "user")
        self.error_log = ErrorLog(os.path.join(user_logs, "error", str(node), f"{name}.txt"))
        self._script_log_dir = os.path.join(user_logs, "entry_script_log", str(node))
        self._profiler = open_profiler(spec.get("profiling_module"), log_folder, node, name)
        self._node = node
        self._process = process
        self._remarks = remarks

    def load(self) -> Contract:
        """Imports the script and finds its functions. Raises StartFailure."""
        spec = self.spec
        level = streams.level_of(spec["logging_level"])
        found = script.locate(spec["code"], spec["entry_script"])
        try:
            environment.enter(spec["code"], script.folder_of(found, spec["code"]))
        except OSError as error:
            message = f"cannot enter the code folder {spec['code']}: {error.strerror}"
            record = error_record.plain(error_record.IMPORT_FAILED, message)
            raise StartFailure("import", record) from None
        sys.argv = environment.arguments(spec["entry_script"], spec["arguments"], self._process)
        streams.prepare_logging(level)
        EntryScript()._attach(
            self._script_log_dir,
            environment.process_name(self._process),
            spec["output_dir"],
            str(self._node),
            level,
        )
        module = self._guarded(
            "import", "import", error_record.IMPORT_FAILED, lambda: script.load(found)
        )
        try:
            functions = contract.resolve(module, spec["entry_script"], bool(spec.get("streaming")))
        except contract.MissingFunctions as missing:
            record = error_record.plain(error_record.NO_RUN, str(missing), detail=missing.help_text)
            raise StartFailure("no_run", record) from None
        if spec["input"]["kind"] == "table":
            self._need_pandas()
        return functions if self._profiler is None else functions.wrapped_by(self._profiler.wrap)

    def init(self, functions: Contract) -> None:
        """Calls ``init()``. Raises StartFailure."""
        if functions.init is None:
            text = f"{self.spec['entry_script']} has no init(); workers start without it"
            self._remarks.say("init", 6, text)
        else:
            self._guarded("init", "init()", error_record.INIT_RAISED, functions.init)

    def shut_down(self, functions: Contract) -> Optional[Record]:
        """Calls ``shutdown()``; returns what it raised. Ends the profile."""
        if self._profiler is not None:
            self._profiler.write()
        if functions.shutdown is None:
            return None
        try:
            functions.shutdown()
        except BaseException as error:  # noqa: BLE001
            self.error_log.write("shutdown()", error)
            return error_record.from_exception(error, error_record.RUN_RAISED, self.user)
        return None

    def _guarded(self, kind: str, what: str, code: int, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except BaseException as error:  # noqa: BLE001 - sys.exit() of an argument parser too
            self.error_log.write(what, error)
            record = error_record.from_exception(error, code, self.user)
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

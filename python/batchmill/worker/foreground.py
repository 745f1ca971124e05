"""One mini-batch of a step, without an agent: what a dry run does."""

from __future__ import annotations

import sys
import time
from typing import Any, Callable, Dict, List, Protocol

from batchmill.worker import attempt_failure, error_record, serving
from batchmill.worker import source as sources
from batchmill.worker.contract import Contract, Streaming
from batchmill.worker.error_record import Record
from batchmill.worker.leases import Lease
from batchmill.worker.manifest import Manifest
from batchmill.worker.notices import Remarks
from batchmill.worker.provenance import Origin
from batchmill.worker.result_format import ResultFormat
from batchmill.worker.slices import LoadFailure
from batchmill.worker.source import Batch, Source, context_of
from batchmill.worker.stream_results import handed_back, result_of
from batchmill.worker.startup import StartFailure, Startup

_POLL_SECONDS = 0.005  # of the streaming contract


class Failed(Exception):
    """The mini-batch would have failed; ``record`` says how."""

    def __init__(self, record: Record) -> None:
        super().__init__(record["message"])
        self.record = record


class PhaseLog(Protocol):
    """Hears of each phase when it has ended."""

    def phase(self, name: str, seconds: float, more: str) -> None:
        ...


class PrintedRemarks(Remarks):
    """On stderr, among the script's own lines."""

    def tell(self, code: int, text: str) -> None:
        print(f"notice: {text}", file=sys.stderr)

    def misfit(self, values: Dict[str, Any]) -> None:
        print(
            f"warning: column '{values['column']}': {values['count']} values did not fit "
            f"{values['type']} and became null; first: {values['file']}:{values['line']}",
            file=sys.stderr,
        )


class KeptHeader:
    """Stands in for the spool."""

    header = b""

    def write_header(self, header: bytes) -> None:
        self.header = header


class Foreground:
    """``summary`` is filled in as far as the run comes; ``rows`` are those of a success.

    Raises ManifestError for a mini-batch that is not planned.
    """

    def __init__(
        self, spec: Dict[str, Any], mini_batch: int, log_folder: str, log: PhaseLog
    ) -> None:
        Manifest(spec["input"]["manifest"]).first_record(mini_batch)
        self.summary: Dict[str, Any] = {"version": 1, "mini_batch": mini_batch, "error": None}
        for name in ("import_s", "init_s", "load_s", "run_s", "shutdown_s"):
            self.summary[name] = None
        for name in ("items", "returned", "rows_bytes", "peak_rss_mb"):
            self.summary[name] = None
        self.names: List[str] = []  # of items, or of the files of rows
        self.rows = b""
        self.spool = KeptHeader()
        self._lease = Lease(1, mini_batch, 1)
        self._log = log
        self._remarks = PrintedRemarks()
        self._spec = spec
        self._startup = Startup(spec, 0, 0, log_folder, self._remarks)

    def run(self) -> None:
        """Raises Failed."""
        startup = self._startup
        try:
            functions: Contract = self._timed("import", startup.load)
            self._timed("init", lambda: startup.init(functions))
        except StartFailure as failure:
            raise Failed(failure.record) from None
        try:
            self._run_mini_batch(functions)
        finally:
            record = self._timed("shutdown", lambda: startup.shut_down(functions))
        if record is not None:
            raise Failed(record)

    def _run_mini_batch(self, functions: Contract) -> None:
        source = serving.open_source(self._spec, self._startup.user)
        loaded = self._timed("load", lambda: sources.load(source, self._lease), self._names_of)
        if isinstance(loaded, LoadFailure):
            self.summary["items"] = loaded.rows
            raise Failed(loaded.record)
        for misfit in loaded.misfits:
            self._remarks.misfit(vars(misfit))
        self.summary["items"] = loaded.total
        self.names = list(loaded.names)
        self._timed("run", lambda: self._take(functions, loaded, source), self._counts_of)
        returned = self.summary["returned"]
        if self._spec.get("count_check") and returned < loaded.total:
            message = f"run returned {returned} results for {loaded.total} items"
            raise Failed(error_record.plain(error_record.SHORT, message))

    def _take(self, functions: Contract, batch: Batch, source: Source) -> None:
        append = self._spec.get("append")
        results = ResultFormat(append, self.spool, self._remarks, source.counts_items)
        try:
            result = self._call(functions, batch, source)
            origin = Origin(self._lease.mini_batch, batch.names, "", not source.has_rows)
            _, returned, self.rows = results.take(result, batch.total, origin)
        except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt too
            startup = self._startup
            names = sources.names_for_failure(batch)
            record = attempt_failure.record_of(error, functions.returning, startup.user, names, "")
            attempt_failure.log_failure(startup.error_log, self._lease, error)
            raise Failed(record) from None
        self.summary["returned"] = returned
        self.summary["rows_bytes"] = len(self.rows)

    def _call(self, functions: Contract, batch: Batch, source: Source) -> Any:
        arguments = [batch.argument]
        if functions.takes_context:
            name = self._spec["input"]["name"]
            arguments.append(context_of(batch, self._lease, name, source))
        result = functions.run(*arguments)
        if functions.streaming is None:
            return result
        return self._wait_for(functions.streaming)

    def _wait_for(self, streaming: Streaming) -> Any:
        """The streaming contract: until the mini-batch is handed back."""
        while True:
            found = handed_back(streaming.take_finished())
            for mini_batch, value in found:
                if mini_batch == self._lease.mini_batch:
                    return result_of(value)
            time.sleep(_POLL_SECONDS)

    def _timed(
        self, name: str, call: Callable[[], Any], describe: Callable[[Any], str] = lambda done: ""
    ) -> Any:
        begin = time.monotonic()
        more = ""
        try:
            done = call()
            more = describe(done)
            return done
        finally:
            seconds = time.monotonic() - begin
            self.summary[f"{name}_s"] = seconds
            self._log.phase(name, seconds, more)

    def _names_of(self, loaded: Any) -> str:
        if isinstance(loaded, LoadFailure):
            return ""
        names = ", ".join(loaded.names[:3]) + (", ..." if len(loaded.names) > 3 else "")
        return counted(loaded.total, "item") + (f": {names}" if names else "")

    def _counts_of(self, _: Any) -> str:
        returned, items = self.summary["returned"], self.summary["items"]
        return f"{counted(returned, 'result')} for {counted(items, 'item')}"


def counted(count: int, what: str) -> str:
    """``1 row``, ``5 rows``."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"

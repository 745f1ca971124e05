"""Mini-batches of a table: the next one loads on a second thread while the present one runs."""

from __future__ import annotations

import threading
import time
from queue import SimpleQueue
from typing import Any, Callable, List, NamedTuple, Optional, Union
from zlib import crc32

from batchmill.worker import error_record
from batchmill.worker.attempt_failure import FailureReporter
from batchmill.worker.board import (
    ENTRY,
    LOAD_EXCEPTION,
    LOADING,
    LOADING_START,
    RUN_DONE,
    RUN_EXCEPTION,
    RUNNING,
    RUNNING_START,
    STARTED,
    TICKET_LIMIT,
    Board,
    entry_offset,
)
from batchmill.worker.context import MiniBatchContext, MiniBatchDataset
from batchmill.worker.error_record import UserCode
from batchmill.worker.leases import Lease, Leases
from batchmill.worker.manifest import Manifest, Slice, slice_of
from batchmill.worker.notices import Notices
from batchmill.worker.publisher import Publisher
from batchmill.worker.result_format import ResultFormat
from batchmill.worker.table.load import Loaded, LoadFailure, TableReader
from batchmill.worker.table.row_count import RowCounter


class Arrival(NamedTuple):
    """What became of a load."""

    lease: Lease
    slices: List[Slice]
    result: Union[Loaded, LoadFailure]
    begin_ns: int  # monotonic
    elapsed_ns: int


class Loader:
    """The second thread. A lease is started when it is requested, and then runs."""

    def __init__(
        self, board: Board, manifest: Manifest, prefix: str, reader: TableReader, user: UserCode
    ) -> None:
        self._words = board.words
        self._manifest = manifest
        self._prefix = prefix
        self._reader = reader
        self._user = user
        self._requests: SimpleQueue[Lease] = SimpleQueue()
        self._arrivals: SimpleQueue[Arrival] = SimpleQueue()
        threading.Thread(target=self._work, name="batchmill-loader", daemon=True).start()

    def request(self, lease: Lease) -> None:
        """Main thread, and nothing else is loading.

        The board is told here, right after the caller has looked at the limit: the thread may
        have to wait for the interpreter lock.
        """
        words = self._words
        words[LOADING_START] = time.monotonic_ns()
        words[LOADING] = lease.ticket
        words[STARTED] = lease.ticket
        self._requests.put(lease)

    def wait(self) -> Arrival:
        """The result of the oldest request."""
        return self._arrivals.get()

    def _work(self) -> None:
        words = self._words
        while True:
            lease = self._requests.get()
            begin_ns = words[LOADING_START]
            slices: List[Slice] = []
            result: Union[Loaded, LoadFailure]
            try:
                records = self._manifest.records(lease.mini_batch)
                slices = [slice_of(record, self._prefix) for record in records]
                result = self._reader.read(slices)
            except LoadFailure as failure:
                result = failure
            except BaseException as error:  # noqa: BLE001 - MemoryError, or a fault of ours
                code = error_record.LOAD_FAILED
                record = error_record.from_exception(error, code, self._user)
                record["item"] = slices[0].item if slices else ""
                result = LoadFailure(record, 0)
            words[LOADING] = 0
            elapsed_ns = time.monotonic_ns() - begin_ns
            self._arrivals.put(Arrival(lease, slices, result, begin_ns, elapsed_ns))


def with_context(
    run: Callable[..., Any], input_name: str, counter: RowCounter
) -> Callable[[Any, Lease, List[Slice]], Any]:
    """A two-parameter ``run`` as TableLoop calls it."""

    def call(frame: Any, lease: Lease, slices: List[Slice]) -> Any:
        paths = list(dict.fromkeys(part.path for part in slices))
        context = MiniBatchContext(
            lease.mini_batch,
            lease.attempt,
            input_name,
            lambda: MiniBatchDataset(paths, frame),
            counter.rows_before,
        )
        return run(frame, context)

    return call


def without_context(run: Callable[..., Any]) -> Callable[[Any, Lease, List[Slice]], Any]:
    """A one-parameter ``run`` as TableLoop calls it."""
    return lambda frame, lease, slices: run(frame)


class TableLoop:
    """Each result is published at once: a mini-batch of a table is never quick enough to gather."""

    def __init__(
        self,
        run: Callable[[Any, Lease, List[Slice]], Any],
        board: Board,
        leases: Leases,
        loader: Loader,
        publisher: Publisher,
        results: ResultFormat,
        failures: FailureReporter,
        notices: Notices,
    ) -> None:
        self._run = run
        self._board = board
        self._words = board.words
        self._leases = leases
        self._loader = loader
        self._publisher = publisher
        self._results = results
        self._failures = failures
        self._notices = notices
        self._written = 0
        self._cpu_mark = time.process_time_ns()

    def serve(self) -> None:
        """Until a shutdown is asked for."""
        leases = self._leases
        loading: Optional[Lease] = None
        while not leases.closing:
            if loading is None:
                if leases.is_empty():
                    leases.poll(None)
                elif self._may_start():
                    loading = self._begin_loading()
                else:
                    self._publisher.refuse()
                continue
            arrival = self._loader.wait()
            loading = None
            if leases.is_empty():
                leases.poll(0)
            if not leases.is_empty() and not leases.closing and self._may_start():
                loading = self._begin_loading()
            self._serve_one(arrival)

    def _may_start(self) -> bool:
        return self._leases.next_ticket() <= self._words[TICKET_LIMIT]

    def _begin_loading(self) -> Lease:
        lease = self._leases.take()
        self._loader.request(lease)
        return lease

    def _serve_one(self, arrival: Arrival) -> None:
        lease, loaded = arrival.lease, arrival.result
        words = self._words
        begin_ns = run_ns = ran_ns = time.monotonic_ns()
        status, total, succeeded, rows = RUN_DONE, 0, 0, b""
        if isinstance(loaded, LoadFailure):
            status, total = LOAD_EXCEPTION, loaded.rows
            self._failures.load_failed(lease.ticket, lease.mini_batch, lease.attempt, loaded.record)
        else:
            for misfit in loaded.misfits:
                self._notices.misfit({"mini_batch": lease.mini_batch, **vars(misfit)})
            total = len(loaded.frame)
            run_ns = time.monotonic_ns()
            words[RUNNING_START] = run_ns
            words[RUNNING] = lease.ticket
            try:
                result = self._run(loaded.frame, lease, arrival.slices)
                ran_ns, succeeded, rows = self._results.take(result, total)
                words[RUNNING] = 0
            except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt too
                ran_ns = time.monotonic_ns()
                words[RUNNING] = 0
                status, succeeded, rows = RUN_EXCEPTION, 0, b""
                items = [part.item for part in arrival.slices]
                self._failures.run_failed(
                    lease.ticket, lease.mini_batch, lease.attempt, error, items, ""
                )
        cpu_ns = time.process_time_ns()
        publisher = self._publisher
        publisher.sample()
        ENTRY.pack_into(
            self._board.memory,
            entry_offset(self._written),
            lease.ticket,
            status,
            int(status != RUN_DONE),
            total,
            succeeded,
            succeeded,
            crc32(rows),
            publisher.spool_size,
            len(rows),
            (arrival.begin_ns + publisher.wall_minus_monotonic) // 1000,
            (arrival.elapsed_ns + time.monotonic_ns() - begin_ns) // 1000,
            (ran_ns - run_ns) // 1000,
            (cpu_ns - self._cpu_mark) // 1000,
            publisher.peak_rss_kib,
        )
        self._cpu_mark = cpu_ns
        self._written += 1
        publisher.pending.append(rows)
        publisher.publish(lease.ticket, self._written)

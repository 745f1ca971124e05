"""Mini-batches that take a while to load: rows of tables and of JSON lines.

With prefetch the next one loads while the present one runs (``loaders``, ``table.loader``).
"""

from __future__ import annotations

import time
from typing import Any, Callable
from zlib import crc32

from batchmill.worker.attempt_failure import FailureReporter
from batchmill.worker.board import (
    ENTRY,
    LOAD_EXCEPTION,
    RUN_DONE,
    RUN_EXCEPTION,
    RUNNING,
    RUNNING_ITEMS,
    RUNNING_START,
    TICKET_LIMIT,
    Board,
    entry_offset,
)
from batchmill.worker.leases import Lease, Leases
from batchmill.worker.loaders import Arrival, Loader
from batchmill.worker.notices import Notices
from batchmill.worker.provenance import Origin
from batchmill.worker.publisher import Publisher
from batchmill.worker.result_format import ResultFormat
from batchmill.worker.slices import LoadFailure
from batchmill.worker.source import Batch, Source, context_of, names_for_failure


Run = Callable[[Batch, Lease], Any]


def with_context(run: Callable[..., Any], input_name: str, source: Source) -> Run:
    """A two-parameter ``run`` as LoadedLoop calls it."""
    return lambda batch, lease: run(batch.argument, context_of(batch, lease, input_name, source))


def without_context(run: Callable[..., Any]) -> Run:
    """A one-parameter ``run`` as LoadedLoop calls it."""
    return lambda batch, lease: run(batch.argument)


class LoadedLoop:
    """Each result is published at once: such a mini-batch is never quick enough to gather."""

    def __init__(
        self,
        run: Run,
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
        self._prefetches = loader.prefetches
        self._publisher = publisher
        self._results = results
        self._failures = failures
        self._notices = notices
        self._written = 0
        self._cpu_mark = time.process_time_ns()

    def serve(self) -> None:
        """Until a shutdown is asked for."""
        leases = self._leases
        is_loading = False
        while not leases.closing:
            if not is_loading:
                if leases.is_empty():
                    leases.poll(None)
                elif self._may_start():
                    self._begin_loading()
                    is_loading = True
                else:
                    self._publisher.refuse()
                continue
            arrival = self._loader.wait()
            is_loading = self._prefetches and self._begin_next()
            self._serve_one(arrival)

    def _begin_next(self) -> bool:
        """Begins to load the next one, if there is one."""
        leases = self._leases
        if leases.is_empty():
            leases.poll(0)
        if leases.is_empty() or leases.closing or not self._may_start():
            return False
        self._begin_loading()
        return True

    def _may_start(self) -> bool:
        return self._leases.next_ticket() <= self._words[TICKET_LIMIT]

    def _begin_loading(self) -> None:
        self._loader.request(self._leases.take())

    def _serve_one(self, arrival: Arrival) -> None:
        lease, loaded = arrival.lease, arrival.result
        words = self._words
        begin_ns = run_ns = ran_ns = time.monotonic_ns()
        status, total, succeeded, rows = RUN_DONE, 0, 0, b""
        if isinstance(loaded, LoadFailure):
            status, total = LOAD_EXCEPTION, loaded.rows
            self._failures.load_failed(lease, loaded.record)
        else:
            for misfit in loaded.misfits:
                self._notices.misfit({"mini_batch": lease.mini_batch, **vars(misfit)})
            total = loaded.total
            run_ns = time.monotonic_ns()
            words[RUNNING_ITEMS] = total
            words[RUNNING_START] = run_ns
            words[RUNNING] = lease.ticket
            try:
                result = self._run(loaded, lease)
                origin = Origin(lease.mini_batch, loaded.names, "", False)
                ran_ns, succeeded, rows = self._results.take(result, total, origin)
                words[RUNNING] = 0
            except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt too
                ran_ns = time.monotonic_ns()
                words[RUNNING] = 0
                status, succeeded, rows = RUN_EXCEPTION, 0, b""
                self._failures.run_failed(lease, error, names_for_failure(loaded), "")
            words[RUNNING_ITEMS] = 0
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
            (cpu_ns - self._cpu_mark + arrival.cpu_ns) // 1000,
            publisher.peak_rss_kib,
        )
        self._cpu_mark = cpu_ns
        self._written += 1
        publisher.pending.append(rows)
        publisher.publish(lease.ticket, self._written)

"""The streaming contract: many mini-batches in one process at once (parallel-job.md 3.7).

The script takes them by ``enqueue()`` and hands them back when it likes, in any order; here it is
asked what has finished, often while there is news, less often while there is none.
"""

from __future__ import annotations

import logging
import time
from typing import Any, Dict, List, NamedTuple
from zlib import crc32

from batchmill.worker import source as sources
from batchmill.worker.attempt_failure import FailureReporter
from batchmill.worker.board import (
    CONSUMED,
    ENTRY,
    LOAD_EXCEPTION,
    LOADING,
    LOADING_START,
    RING_ENTRIES,
    RUN_DONE,
    RUN_EXCEPTION,
    RUN_TIMEOUT,
    RUNNING,
    RUNNING_ITEMS,
    RUNNING_START,
    STARTED,
    TICKET_LIMIT,
    Board,
    entry_offset,
)
from batchmill.worker.contract import Contract, Streaming
from batchmill.worker.flights import Flight, Flights
from batchmill.worker.leases import Lease, Leases
from batchmill.worker.notices import Remarks
from batchmill.worker.provenance import Origin
from batchmill.worker.publisher import Publisher
from batchmill.worker.result_format import ResultFormat
from batchmill.worker.slices import LoadFailure
from batchmill.worker.source import Source, context_of, names_for_failure
from batchmill.worker.stream_results import handed_back, result_of

_SHORTEST_WAIT_SECONDS = 0.0005
_LONGEST_WAIT_SECONDS = 0.05
_SETTLE_SECONDS = 5.0  # for what the script still has when nothing of it is waited for

_log = logging.getLogger("batchmill")


class Ended(NamedTuple):
    """What an attempt came to."""

    ticket: int
    status: int
    total: int
    returned: int
    rows: bytes
    begin_ns: int  # monotonic
    elapsed_ns: int
    run_ns: int  # from enqueue()


class StreamingLoop:
    """Main thread only. Every started ticket is published exactly once."""

    def __init__(
        self,
        functions: Contract,
        streaming: Streaming,
        limits: Dict[str, Any],
        source: Source,
        input_name: str,
        board: Board,
        leases: Leases,
        publisher: Publisher,
        results: ResultFormat,
        failures: FailureReporter,
        remarks: Remarks,
    ) -> None:
        """``limits`` is the key ``streaming`` of worker.json."""
        self._enqueue = functions.run
        self._takes_context = functions.takes_context
        self._script = streaming
        self._window: int = max(1, limits["window"])
        self._timeout_s: float = limits["run_timeout_s"]
        self._source = source
        self._input_name = input_name
        self._memory = board.memory
        self._words = board.words
        self._leases = leases
        self._publisher = publisher
        self._results = results
        self._failures = failures
        self._remarks = remarks
        self._flights = Flights()
        self._written = 0
        self._ended: List[Ended] = []  # and not yet published
        self._cpu_mark = time.process_time_ns()

    def serve(self) -> None:
        """Until a shutdown is asked for and nothing is in flight."""
        leases = self._leases
        wait = _SHORTEST_WAIT_SECONDS
        while len(self._flights) or not leases.closing:
            self._collect()
            self._give_up_late_ones()
            started = not leases.closing and self._start_one()
            if started or self._ended:
                self._publish()
                wait = _SHORTEST_WAIT_SECONDS
            elif len(self._flights):
                leases.poll(wait)
                wait = min(2 * wait, _LONGEST_WAIT_SECONDS)
            elif leases.is_empty() and not leases.closing:
                leases.poll(None)
                wait = _SHORTEST_WAIT_SECONDS
        self._settle()

    # ---- from a lease to the script --------------------------------------------------------------

    def _start_one(self) -> bool:
        """Begins the next mini-batch where there is one and room for it."""
        leases = self._leases
        if leases.is_empty():
            return False
        if leases.next_ticket() > self._words[TICKET_LIMIT]:
            self._publish()
            self._publisher.refuse()
            return False
        # Scripts keep results by mini-batch: two of one number would overwrite each other.
        if self._flights.awaits(leases.next_mini_batch()):
            return False
        if len(self._flights) >= self._window or not self._script_has_room():
            return False
        self._start(leases.take())
        return True

    def _script_has_room(self) -> bool:
        if len(self._flights) == 0:  # whatever the script counts: it would never be asked again
            return True
        try:
            return int(self._script.count_processing()) < self._window
        except BaseException as error:  # noqa: BLE001 - as for run()
            self._fail_all(error)
            return False

    def _start(self, lease: Lease) -> None:
        words = self._words
        begin_ns = time.monotonic_ns()
        words[LOADING_START] = begin_ns
        words[LOADING] = lease.ticket
        words[STARTED] = lease.ticket
        batch = sources.load(self._source, lease)
        words[LOADING] = 0
        if isinstance(batch, LoadFailure):
            self._failures.load_failed(lease, batch.record)
            return self._end(lease, LOAD_EXCEPTION, batch.rows, begin_ns, 0)
        for misfit in batch.misfits:
            self._remarks.misfit({"mini_batch": lease.mini_batch, **vars(misfit)})
        context = context_of(batch, lease, self._input_name, self._source)
        words[RUNNING_ITEMS] = batch.total if self._source.has_rows else 0
        run_ns = words[RUNNING_START] = time.monotonic_ns()
        flight = Flight(lease, batch, context, begin_ns, run_ns)
        words[RUNNING] = lease.ticket
        try:
            if self._takes_context:
                self._enqueue(batch.argument, context)
            else:
                self._enqueue(batch.argument)
            words[RUNNING] = 0
        except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt too
            words[RUNNING] = 0
            self._fail(flight, error)
        else:
            self._flights.add(flight)
        words[RUNNING_ITEMS] = 0

    # ---- from the script to the agent ------------------------------------------------------------

    def _collect(self) -> None:
        if not self._flights.may_return():
            return
        try:
            found = handed_back(self._script.take_finished())
        except BaseException as error:  # noqa: BLE001 - as for run()
            return self._fail_all(error)
        for mini_batch, value in found:
            context = value.get("mini_batch_context") if isinstance(value, dict) else None
            flight = self._flights.take(mini_batch, context)
            if flight is None:
                text = "get_finished_batch_result() named mini-batches that are not in flight"
                self._remarks.say("stray", 0, f"{text}; they are ignored")
                _log.warning("mini-batch %r is not in flight; its result is ignored", mini_batch)
            elif flight.is_given_up:
                _log.warning("%s came back too late", flight.lease.describe())
            else:
                self._finish(flight, value)

    def _finish(self, flight: Flight, value: Any) -> None:
        lease, batch = flight.lease, flight.batch
        origin = Origin(lease.mini_batch, batch.names, "", not self._source.has_rows)
        try:
            result = result_of(value)
            ran_ns, returned, rows = self._results.take(result, batch.total, origin)
        except BaseException as error:  # noqa: BLE001 - as for run()
            return self._fail(flight, error)
        run_ns = ran_ns - flight.run_ns
        self._end(lease, RUN_DONE, batch.total, flight.begin_ns, run_ns, returned, rows)

    def _fail(self, flight: Flight, error: BaseException) -> None:
        lease, batch = flight.lease, flight.batch
        self._failures.run_failed(lease, error, names_for_failure(batch), "")
        run_ns = time.monotonic_ns() - flight.run_ns
        self._end(lease, RUN_EXCEPTION, batch.total, flight.begin_ns, run_ns)

    def _fail_all(self, error: BaseException) -> None:
        """A function that speaks for all mini-batches raised: none of them can be waited for."""
        for flight in self._flights.give_up_all():
            self._fail(flight, error)

    def _give_up_late_ones(self) -> None:
        latest_ns = time.monotonic_ns() - int(self._timeout_s * 1e9)
        for flight in self._flights.give_up_begun_before(latest_ns):
            lease, batch = flight.lease, flight.batch
            self._failures.timed_out(lease, self._timeout_s, names_for_failure(batch))
            run_ns = time.monotonic_ns() - flight.run_ns
            self._end(lease, RUN_TIMEOUT, batch.total, flight.begin_ns, run_ns)

    def _end(
        self,
        lease: Lease,
        status: int,
        total: int,
        begin_ns: int,
        run_ns: int,
        returned: int = 0,
        rows: bytes = b"",
    ) -> None:
        """Keeps what an attempt came to until the next publication."""
        now_ns = time.monotonic_ns()
        times = (begin_ns, now_ns - begin_ns, run_ns)
        self._ended.append(Ended(lease.ticket, status, total, returned, rows, *times))

    def _publish(self) -> None:
        """The CPU time since the last publication is shared among what ended meanwhile."""
        if not self._ended:
            return
        cpu_ns = time.process_time_ns()
        cpu_us = (cpu_ns - self._cpu_mark) // 1000 // len(self._ended)
        self._cpu_mark = cpu_ns
        publisher = self._publisher
        publisher.sample()
        last = self._leases.last if self._leases.is_empty() else 0
        while self._ended:
            publisher.due(0)  # until there is room in the ring
            room = RING_ENTRIES - (self._written - self._words[CONSUMED])
            for ended in self._ended[:room]:
                self._fill_entry(ended, cpu_us)
            del self._ended[:room]
            publisher.publish(last, self._written)

    def _fill_entry(self, ended: Ended, cpu_us: int) -> None:
        publisher = self._publisher
        ENTRY.pack_into(
            self._memory,
            entry_offset(self._written),
            ended.ticket,
            ended.status,
            int(ended.status != RUN_DONE),
            ended.total,
            ended.returned,
            ended.returned,
            crc32(ended.rows),
            publisher.spool_size + sum(map(len, publisher.pending)),
            len(ended.rows),
            (ended.begin_ns + publisher.wall_minus_monotonic) // 1000,
            ended.elapsed_ns // 1000,
            ended.run_ns // 1000,
            cpu_us,
            publisher.peak_rss_kib,
        )
        publisher.pending.append(ended.rows)
        self._written += 1

    def _settle(self) -> None:
        """Lets the script end what it was not waited for, such as mini-batches that timed out."""
        end = time.monotonic() + _SETTLE_SECONDS
        try:
            while not self._script.all_processed() and time.monotonic() < end:
                self._script.take_finished()
                time.sleep(_LONGEST_WAIT_SECONDS / 5)
        except BaseException as error:  # noqa: BLE001 - nothing depends on it any more
            _log.warning("while waiting for the end: %r", error)

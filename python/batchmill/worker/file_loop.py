"""The hot path: mini-batches of files from lease to ring entry.

One function, because its cost per mini-batch is the engine's: locals instead of attributes, no
system call per quick mini-batch, three readings of the clock. ``tests/worker/bench_file_loop.py``
measures it.
"""

from __future__ import annotations

import time
from typing import Any, Callable, List
from zlib import crc32

from batchmill.worker.attempt_failure import FailureReporter
from batchmill.worker.board import (
    ENTRY,
    ENTRY_BYTES,
    HEADER_BYTES,
    LOADING,
    LOADING_START,
    RING_ENTRIES,
    RUN_DONE,
    RUN_EXCEPTION,
    RUNNING,
    RUNNING_START,
    STARTED,
    TICKET_LIMIT,
    Board,
)
from batchmill.worker.context import MiniBatch, MiniBatchContext, MiniBatchDataset
from batchmill.worker.cpu_share import CPU_MEASURED_NS, CpuShare
from batchmill.worker.leases import Lease, Leases
from batchmill.worker.provenance import Origin
from batchmill.worker.publisher import GATHER_BYTES, GATHER_NS, Publisher
from batchmill.worker.result_format import ResultFormat
from batchmill.worker.result_rows import ROW_ERRORS, lines


def with_context(
    run: Callable[..., Any], input_name: str, items_before: Callable[[int], int]
) -> Callable[..., Any]:
    """Gives a two-parameter ``run`` the signature of the loop: (mini-batch, try, first item)."""

    def call(batch: MiniBatch, attempt: int, first_item: int) -> Any:
        context = MiniBatchContext(
            batch.task_id,
            attempt,
            first_item,
            input_name,
            lambda: MiniBatchDataset(list(batch), None),
            items_before,
        )
        return run(batch, context)

    return call


def serve_files(
    run: Callable[..., Any],
    takes_context: bool,
    board: Board,
    leases: Leases,
    paths_of: Callable[[int, str], List[str]],
    prefix: str,
    publisher: Publisher,
    results: ResultFormat,
    failures: FailureReporter,
) -> None:
    """Serves leases until a shutdown is asked for.

    ``run`` takes the mini-batch, and with ``takes_context`` also the number of the try and that of
    the first item (see with_context). ``paths_of`` gives the paths of a mini-batch, each
    begun with ``prefix``.
    """
    words = board.words
    memory = board.memory
    pack_entry = ENTRY.pack_into
    clock = time.monotonic_ns
    ranges = leases.ranges
    pending = publisher.pending
    append_rows = pending.append
    late = publisher.late
    late_touched = late.touched
    late_idle = late.idle
    appends = results.appends
    plain_type = list if results.is_plain else None  # of results that are formatted here
    frames_seen = results.frames_seen
    elements_seen = results.elements_seen
    cpu = CpuShare()

    ticket = 0
    written = 0  # ring entries filled
    size = 0  # bytes in pending
    base = publisher.spool_size
    quick_ns = 0  # elapsed time of quick mini-batches since the last look at the CPU clock
    due_ticket = 1
    due_ns = clock() + GATHER_NS
    cpu_per_mille = cpu.per_mille
    wall_offset = publisher.wall_minus_monotonic
    peak_rss = publisher.peak_rss_kib
    paths: List[str]

    while not leases.closing:
        if not ranges:
            leases.poll(None)
            due_ticket = publisher.due(ticket)
            due_ns = clock() + GATHER_NS
            continue
        first, count, attempt, part = ranges.popleft()
        first_item = part[0] if part is not None else 0
        end_ns = clock()
        for mini_batch in range(first, first + count):
            ticket += 1
            if ticket > words[TICKET_LIMIT]:
                publisher.publish(ticket - 1, written)
                ticket = publisher.refuse()
                base, size = publisher.spool_size, 0
                break

            load_ns = end_ns
            words[LOADING_START] = load_ns
            words[LOADING] = ticket
            words[STARTED] = ticket
            paths = paths_of(mini_batch, prefix)
            if part is not None:
                paths = paths[first_item : first_item + part[1]]
            total = len(paths)
            batch = MiniBatch(paths)
            batch.task_id = mini_batch
            result = None
            words[LOADING] = 0

            run_ns = clock()
            words[RUNNING_START] = run_ns
            words[RUNNING] = ticket
            try:
                result = run(batch, attempt, first_item) if takes_context else run(batch)
                if type(result) is plain_type:
                    ran_ns = clock()
                    succeeded = len(result)
                    elements_seen[0] = True
                    if not appends:
                        rows = b""
                    elif succeeded == 1:
                        rows = (str(result[0]) + "\n").encode("utf-8", ROW_ERRORS)
                    else:
                        rows = lines(result)
                    if frames_seen[0] or succeeded > total:
                        results.remark_elements(succeeded, total)
                else:
                    origin = Origin(mini_batch, paths, prefix, True)
                    ran_ns, succeeded, rows = results.take(result, total, origin)
                words[RUNNING] = 0
                if late_touched[0]:
                    late.settle()
                    base, size = publisher.spool_size, sum(map(len, pending))
                status = RUN_DONE
            except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt too
                ran_ns = clock()
                words[RUNNING] = 0
                if late_touched[0]:
                    late.settle()
                    base, size = publisher.spool_size, sum(map(len, pending))
                lease = Lease(ticket, mini_batch, attempt, part)
                failures.run_failed(lease, error, paths, prefix)
                status, succeeded, rows = RUN_EXCEPTION, 0, b""
            del result, batch  # not to be kept while the next ones are made

            end_ns = clock()
            elapsed_ns = end_ns - load_ns
            if elapsed_ns < CPU_MEASURED_NS:
                quick_ns += elapsed_ns
                cpu_us = elapsed_ns * cpu_per_mille // 1_000_000
            else:
                cpu_us = cpu.measured(quick_ns) // 1000
                quick_ns = 0
                publisher.sample()
                peak_rss = publisher.peak_rss_kib
            length = len(rows)
            pack_entry(
                memory,
                HEADER_BYTES + written % RING_ENTRIES * ENTRY_BYTES,
                ticket,
                status,
                status,  # has_error: every failure of run() sent one
                total,
                succeeded,
                succeeded if status == RUN_DONE else 0,
                crc32(rows),
                base + size,
                length,
                (load_ns + wall_offset) // 1000,
                elapsed_ns // 1000,
                (ran_ns - run_ns) // 1000,
                cpu_us,
                peak_rss,
            )
            written += 1
            size += length
            append_rows(rows)
            if ticket >= due_ticket or end_ns >= due_ns or size >= GATHER_BYTES:
                due_ticket = publisher.publish(ticket, written)
                base, size = publisher.spool_size, 0
                cpu_per_mille = cpu.share(quick_ns)
                quick_ns = 0
                wall_offset = publisher.wall_minus_monotonic
                peak_rss = publisher.peak_rss_kib
                due_ns = end_ns + GATHER_NS
                if leases.closing:
                    break
            elif late_idle[0]:
                late.arm()
    publisher.publish(ticket, written)

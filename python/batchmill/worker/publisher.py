"""Handing finished mini-batches to the agent: rows into the spool, then entries of the ring.

Results of quick mini-batches are gathered: their ring entries are filled at once, their rows wait
in ``pending``, and one write of the rows makes all of them visible by raising ``finished``.
"""

from __future__ import annotations

import resource
import time
from typing import Callable, List, Optional

from batchmill.worker.board import (
    CONSUMED,
    ENTRY,
    FINISHED,
    REFUSED,
    RING_ENTRIES,
    RUN_EXCEPTION,
    WAKE_WANTED,
    Board,
    entry_offset,
)
from batchmill.worker.late_publisher import LatePublisher
from batchmill.worker.leases import Leases
from batchmill.worker.messages import Channel
from batchmill.worker.spool import Spool

GATHER_NS = 5_000_000  # nothing waits longer than this for its publication
GATHER_BYTES = 65536
_FULL_RING_WAIT_SECONDS = 0.005

SpoolFailure = Callable[[int, OSError], None]  # ticket, why its rows could not be written


class Publisher:
    """Owned by the main thread; ``late`` publishes in its place while a long ``run()`` lasts."""

    def __init__(
        self,
        board: Board,
        channel: Channel,
        leases: Leases,
        spool: Optional[Spool],
        on_spool_failure: SpoolFailure,
    ) -> None:
        self.pending: List[bytes] = []  # rows of filled, unpublished entries, one element each
        self.written = 0  # ring entries ever filled
        self.late = LatePublisher(board, channel, self.pending, spool)
        self.wall_minus_monotonic = 0  # ns
        self.peak_rss_kib = 0
        self._board = board
        self._words = board.words
        self._channel = channel
        self._leases = leases
        self._spool = spool
        self._on_spool_failure = on_spool_failure
        self.sample()

    @property
    def spool_size(self) -> int:
        """Bytes in the spool: where the first pending row will stand."""
        return self._spool.size if self._spool is not None else 0

    def sample(self) -> None:
        """Renews the clock difference and the peak memory, which quick runs share."""
        self.wall_minus_monotonic = time.time_ns() - time.monotonic_ns()
        self.peak_rss_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    def publish(self, ticket: int, written: int) -> int:
        """Makes all filled entries visible; looks for messages.

        ``ticket`` is the last one that ended, ``written`` the number of entries ever filled.
        Returns the ticket at whose end the next publication is due at the latest: halfway through
        what is queued, so that the agent can send more before the queue runs dry.
        """
        words = self._words
        self.written = written
        self._write_pending()
        words[FINISHED] = written
        leases = self._leases
        if words[WAKE_WANTED] or leases.last == ticket:
            self._channel.wake()
        self.sample()
        leases.poll(0)
        return self.due(ticket)

    def due(self, ticket: int) -> int:
        """See publish. Waits while the ring is full."""
        room = RING_ENTRIES - (self.written - self._words[CONSUMED])
        while room <= 0:
            self._channel.wake()
            self._leases.poll(_FULL_RING_WAIT_SECONDS)
            room = RING_ENTRIES - (self.written - self._words[CONSUMED])
        return ticket + max(1, min((self._leases.last - ticket + 1) // 2, room))

    def refuse(self) -> int:
        """Drops every lease that is queued; returns the highest ticket dropped.

        All results must have been published: the agent takes what is not in the ring as refused.
        """
        leases = self._leases
        leases.ranges.clear()
        self._words[REFUSED] = leases.last
        self._channel.wake()
        return leases.last

    def _write_pending(self) -> None:
        pending = self.pending
        if self._spool is not None and pending:
            data = pending[0] if len(pending) == 1 else b"".join(pending)
            if data:
                try:
                    self._spool.append(data)
                except OSError as error:
                    self._reject_pending(error)
        pending.clear()

    def _reject_pending(self, error: OSError) -> None:
        """Turns unpublished results with rows into failures: their rows are nowhere."""
        memory = self._board.memory
        for number in range(self.written - len(self.pending), self.written):
            offset = entry_offset(number)
            entry = list(ENTRY.unpack_from(memory, offset))
            ticket, length = entry[0], entry[8]
            if not length:
                continue
            self._on_spool_failure(ticket, error)
            entry[1:3] = [RUN_EXCEPTION, 1]
            entry[4:9] = [0, 0, 0, 0, 0]
            ENTRY.pack_into(memory, offset, *entry)

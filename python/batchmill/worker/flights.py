"""Mini-batches between ``enqueue()`` and their return (parallel-job.md 3.7)."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from batchmill.worker.context import MiniBatchContext
from batchmill.worker.leases import Lease
from batchmill.worker.source import Batch


class Flight:
    def __init__(
        self, lease: Lease, batch: Batch, context: MiniBatchContext, begin_ns: int, run_ns: int
    ) -> None:
        self.lease = lease
        self.batch = batch
        self.context = context
        self.begin_ns = begin_ns  # monotonic, start of loading
        self.run_ns = run_ns  # monotonic, start of enqueue()
        self.is_given_up = False  # it was reported already: its late return counts for nothing

    def is_of(self, context: MiniBatchContext) -> bool:
        """Whether ``context``, or what it was copied from, was given to this one's enqueue()."""
        if context is self.context:
            return True
        own = (self.lease.mini_batch, self.lease.attempt, self.lease.first_item)
        return own == (context.minibatch_index, context.attempt, context.first_item)


class Flights:
    """Those that are waited for, and those that were given up and may still come back."""

    def __init__(self) -> None:
        self._awaited: List[Flight] = []  # in the order of enqueue()
        self._by_mini_batch: Dict[int, List[Flight]] = {}  # all of them, in the same order

    def __len__(self) -> int:
        """Those that are waited for."""
        return len(self._awaited)

    def may_return(self) -> bool:
        return bool(self._by_mini_batch)

    def awaits(self, mini_batch: int) -> bool:
        flights = self._by_mini_batch.get(mini_batch, [])
        return any(not flight.is_given_up for flight in flights)

    def add(self, flight: Flight) -> None:
        self._awaited.append(flight)
        self._by_mini_batch.setdefault(flight.lease.mini_batch, []).append(flight)

    def take(self, mini_batch: Any, context: Any) -> Optional[Flight]:
        """The flight that came back, which is then forgotten; None when there is none.

        Several of one mini-batch are told apart by the context, else the oldest is meant.
        """
        known = self._by_mini_batch.get(mini_batch, [])
        meant = known
        if isinstance(context, MiniBatchContext):
            meant = [flight for flight in known if flight.is_of(context)]
        if not meant:
            return None
        flight = meant[0]
        known.remove(flight)
        if not known:
            del self._by_mini_batch[mini_batch]
        if not flight.is_given_up:
            self._awaited.remove(flight)
        return flight

    def give_up_begun_before(self, moment_ns: int) -> List[Flight]:
        """Those whose enqueue() began at the moment or earlier, no longer waited for."""
        count = 0
        while count < len(self._awaited) and self._awaited[count].run_ns <= moment_ns:
            count += 1
        return self._give_up(count)

    def give_up_all(self) -> List[Flight]:
        return self._give_up(len(self._awaited))

    def _give_up(self, count: int) -> List[Flight]:
        given_up = self._awaited[:count]
        del self._awaited[:count]
        for flight in given_up:
            flight.is_given_up = True
        return given_up

"""Loading mini-batches of rows: ahead, on a second thread, or when they are needed."""

from __future__ import annotations

import threading
import time
from queue import SimpleQueue
from typing import NamedTuple, Optional, Union

from batchmill.worker import source as sources
from batchmill.worker.board import LOADING, LOADING_START, STARTED, Board
from batchmill.worker.leases import Lease
from batchmill.worker.slices import LoadFailure
from batchmill.worker.source import Batch, Source


class Arrival(NamedTuple):
    """What became of a load."""

    lease: Lease
    result: Union[Batch, LoadFailure]
    begin_ns: int  # monotonic
    elapsed_ns: int
    cpu_ns: int = 0  # outside of this process


class Loader:
    """Loads one mini-batch at a time. A lease is started when it is requested, and then runs."""

    prefetches = True  # the next may be requested before the present one runs

    def request(self, lease: Lease) -> None:
        """Main thread, and nothing else is loading.

        The board is told here, right after the caller has looked at the limit: another thread
        would have to wait for the interpreter lock.
        """
        raise NotImplementedError

    def wait(self) -> Arrival:
        """The result of the request."""
        raise NotImplementedError

    def close(self) -> None:
        """Nothing is requested any more."""

    def abandon(self) -> None:
        """In a child that the script forked."""


class ThreadLoader(Loader):
    """Loads on a second thread."""

    def __init__(self, board: Board, source: Source) -> None:
        self._words = board.words
        self._source = source
        self._requests: SimpleQueue[Lease] = SimpleQueue()
        self._arrivals: SimpleQueue[Arrival] = SimpleQueue()
        threading.Thread(target=self._work, name="batchmill-loader", daemon=True).start()

    def request(self, lease: Lease) -> None:
        begin_loading(self._words, lease)
        self._requests.put(lease)

    def wait(self) -> Arrival:
        return self._arrivals.get()

    def _work(self) -> None:
        while True:
            self._arrivals.put(load_here(self._words, self._source, self._requests.get()))


class PlainLoader(Loader):
    """Loads when it is waited for: without prefetch."""

    prefetches = False

    def __init__(self, board: Board, source: Source) -> None:
        self._words = board.words
        self._source = source
        self._lease: Optional[Lease] = None

    def request(self, lease: Lease) -> None:
        begin_loading(self._words, lease)
        self._lease = lease

    def wait(self) -> Arrival:
        lease, self._lease = self._lease, None
        assert lease is not None
        return load_here(self._words, self._source, lease)


def begin_loading(words: memoryview, lease: Lease) -> None:
    """Tells the board."""
    words[LOADING_START] = time.monotonic_ns()
    words[LOADING] = lease.ticket
    words[STARTED] = lease.ticket


def load_here(words: memoryview, source: Source, lease: Lease) -> Arrival:
    begin_ns = words[LOADING_START]
    result = sources.load(source, lease)
    words[LOADING] = 0
    return Arrival(lease, result, begin_ns, time.monotonic_ns() - begin_ns)

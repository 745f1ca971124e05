"""Loading tables ahead: on a second thread, then, where that pays, in a process of its own.

A thread shares the interpreter lock with ``run()``, and parsing holds it most of the time: little is
gained. A process costs half a second of CPU and some memory; it is started when that much loading
could have been hidden behind ``run()``.
"""

from __future__ import annotations

import os
import select
import socket
import subprocess
import sys
import time
from typing import Any, Optional

from batchmill.worker.board import LOADING, LOADING_START, Board
from batchmill.worker.descriptors import move_high
from batchmill.worker.leases import Lease
from batchmill.worker.loaders import Arrival, Loader, ThreadLoader, begin_loading, load_here
from batchmill.worker.slices import LoadFailure
from batchmill.worker.table import handover
from batchmill.worker.table.loading_process import Reply, Request, Setup
from batchmill.worker.table.payback import Payback
from batchmill.worker.table.source import TableSource

PROCESS_PRICE_NS = 500_000_000  # what starting the process costs
# Memory of one mini-batch is used again for the next: getting it anew costs a third of the time.
_KEEP_MEMORY = {
    "MALLOC_TRIM_THRESHOLD_": str(256 * 1024 * 1024),
    "MALLOC_MMAP_THRESHOLD_": str(32 * 1024 * 1024),
}
_PACKAGES = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../.."))


class TableLoader(Loader):
    def __init__(self, board: Board, source: TableSource, schema: Any, code: str) -> None:
        """``schema`` is that of worker.json."""
        self._board = board
        self._words = board.words
        self._source = source
        self._setup = (schema, code)
        self._thread = ThreadLoader(board, source)
        self._process: Optional[LoadingProcess] = None
        self._payback = Payback(PROCESS_PRICE_NS)
        self._asked: Optional[Request] = None  # of the process
        self._returned_ns = 0  # when wait() returned
        self._load_ns = 0  # of what wait() returned
        self._environment = {**os.environ, "PYTHONPATH": _PACKAGES, **_KEEP_MEMORY}

    def request(self, lease: Lease) -> None:
        if self._process is not None and self._process.is_ready():
            begin_loading(self._words, lease)
            self._asked = Request(lease, self._source.slices(lease.mini_batch))
            self._process.ask(self._asked)
        else:
            self._thread.request(lease)

    def wait(self) -> Arrival:
        self._weigh()
        if self._asked is None:
            arrival = self._thread.wait()
        else:
            arrival = self._receive(self._asked)
            self._asked = None
        self._load_ns = arrival.elapsed_ns
        self._returned_ns = time.monotonic_ns()
        return arrival

    def close(self) -> None:
        if self._process is not None:
            self._process.end()

    def abandon(self) -> None:
        if self._process is not None:
            self._process.abandon()

    def _weigh(self) -> None:
        """Starts the process when it would have paid by now."""
        run_ns = time.monotonic_ns() - self._returned_ns
        if self._payback.is_due(self._load_ns, run_ns):
            schema, code = self._setup
            setup = Setup(list(sys.path), schema, code)
            try:
                self._process = LoadingProcess(self._board, setup, self._environment)
            except OSError:  # no more processes: the thread goes on
                pass

    def _receive(self, request: Request) -> Arrival:
        lease, slices = request
        begin_ns = self._words[LOADING_START]
        assert self._process is not None
        try:
            reply, descriptor = self._process.receive()
        except EOFError:  # killed, for its memory perhaps; what it died of may happen here again
            self._process.end()
            self._process = None
            self._words[LOADING] = lease.ticket
            return load_here(self._words, self._source, lease)
        if reply.record is not None:
            failure = LoadFailure(reply.record, reply.rows)
            return Arrival(lease, failure, begin_ns, reply.elapsed_ns, reply.cpu_ns)
        taken_ns = time.monotonic_ns()
        batch = self._source.batch_of(lease, slices, handover.take(descriptor, reply.lengths))
        elapsed_ns = reply.elapsed_ns + time.monotonic_ns() - taken_ns
        return Arrival(lease, batch, begin_ns, elapsed_ns, reply.cpu_ns)


class LoadingProcess:
    """The worker's end of ``loading_process``."""

    def __init__(self, board: Board, setup: Setup, environment: "dict[str, str]") -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._channel = socket.socket(fileno=move_high(ours.detach()))
            module = "batchmill.worker.table.loading_process"
            descriptors = (theirs.fileno(), board.descriptor)
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, *map(str, descriptors)],
                cwd="/",
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=descriptors,
            )
        self._is_ready = False
        handover.send(self._channel, setup)

    def is_ready(self) -> bool:
        """Does not wait."""
        if not self._is_ready and select.select([self._channel], [], [], 0)[0]:
            try:
                self.receive()
                self._is_ready = True
            except EOFError:
                pass
        return self._is_ready

    def ask(self, request: Request) -> None:
        try:
            handover.send(self._channel, request)
        except OSError:
            pass  # it has ended: receive() tells

    def receive(self) -> "tuple[Reply, Any]":
        return handover.receive(self._channel)

    def end(self) -> None:
        """It ends when the stream does; children that the script forked may hold it open."""
        try:
            self._channel.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._channel.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def abandon(self) -> None:
        """In a child that the script forked."""
        self._channel.close()

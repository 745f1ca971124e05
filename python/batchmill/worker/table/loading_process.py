"""The process that loads mini-batches of a table beside a worker.

``python -m batchmill.worker.table.loading_process SOCKET BOARD``, both inherited descriptors. The
first message sets it up, each further one asks for rows; the end of the stream ends it. It clears
the board's ``loading`` when it is done, at which moment the worker may be anywhere in ``run()``.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from typing import Any, List, NamedTuple, Optional

from batchmill.worker.board import LOADING, Board
from batchmill.worker.error_record import Record, UserCode
from batchmill.worker.leases import Lease
from batchmill.worker.manifest import Slice
from batchmill.worker.source import failure_of
from batchmill.worker.table import handover


class Setup(NamedTuple):
    module_path: List[str]  # sys.path of the worker: both read with the same pandas
    schema: Any  # of worker.json
    code: str


class Request(NamedTuple):
    lease: Lease
    slices: List[Slice]


class Reply(NamedTuple):
    """A failure has a record and rows, everything else lies in the descriptor that comes along."""

    lengths: List[int]
    record: Optional[Record]
    rows: int
    elapsed_ns: int
    cpu_ns: int


def main() -> None:
    channel = socket.socket(fileno=int(sys.argv[1]))
    words = Board(int(sys.argv[2])).words
    setup, _ = handover.receive(channel)
    sys.path[:] = setup.module_path
    # Only now: they need pandas.
    from batchmill.worker.table.load import TableReader
    from batchmill.worker.table.schema import from_json
    from batchmill.worker.table.source import read_rows

    reader = TableReader(from_json(setup.schema))
    user = UserCode(setup.code)
    handover.send(channel, "ready")
    while True:
        (lease, slices), _ = handover.receive(channel)
        begin_ns, begin_cpu_ns = time.monotonic_ns(), time.process_time_ns()
        descriptor: Optional[int] = None
        lengths: List[int] = []
        record, rows = None, 0
        try:
            descriptor, lengths = handover.put(read_rows(reader, slices, lease.part))
        except BaseException as error:  # noqa: BLE001 - MemoryError, or a fault of ours
            failure = failure_of(error, lease, slices, user)
            record, rows = failure.record, failure.rows
        words[LOADING] = 0
        elapsed_ns = time.monotonic_ns() - begin_ns
        cpu_ns = time.process_time_ns() - begin_cpu_ns
        handover.send(channel, Reply(lengths, record, rows, elapsed_ns, cpu_ns), descriptor)
        if descriptor is not None:
            os.close(descriptor)


if __name__ == "__main__":
    # The classes of the messages belong to the module, not to the main program.
    from batchmill.worker.table import loading_process

    try:
        loading_process.main()
    except (EOFError, BrokenPipeError):
        pass  # the worker has ended

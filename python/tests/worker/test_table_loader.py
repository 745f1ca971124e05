"""Loading tables ahead in a process of its own (worker-protocol.md, prefetch)."""

from __future__ import annotations

import os
import signal
import struct
import time
from mmap import mmap
from pathlib import Path
from typing import Any, Iterator, List, Optional, Tuple

import pytest

pandas = pytest.importorskip("pandas")

from batchmill.worker import board  # noqa: E402
from batchmill.worker.board import Board  # noqa: E402
from batchmill.worker.error_record import UserCode  # noqa: E402
from batchmill.worker.leases import Lease  # noqa: E402
from batchmill.worker.loaders import Arrival  # noqa: E402
from batchmill.worker.manifest import Manifest  # noqa: E402
from batchmill.worker.slices import LoadFailure  # noqa: E402
from batchmill.worker.table import handover, loader, schema  # noqa: E402
from batchmill.worker.table.load import TableReader  # noqa: E402
from batchmill.worker.table.payback import Payback  # noqa: E402
from batchmill.worker.table.row_count import RowCounter  # noqa: E402
from batchmill.worker.table.source import TableSource  # noqa: E402
from fake_agent import FakeAgent, write_slice_manifest  # noqa: E402

SCHEMA = {
    "version": 1,
    "delimiter": ",",
    "empty_as_string": False,
    "columns": [
        {"name": name, "type": kind}
        for name, kind in zip("ifsdb", ("int", "float", "string", "datetime", "bool"))
    ],
}
FILES = [
    b"1,0.5,a,2026-01-02,true\n2,1.5,b,2026-01-02 03:04:05,false\n",
    b"1,,,,\nx,y,\xc3\xbc,nonsense,maybe\n",
    b"",
    b"3,0.5,a,2026-01-02,true\n4,1,b,2026-01-02,true,too,many\n",
    b"5,0.5,\xff,2026-01-02,true\n",
]


class Rig:
    """A TableLoader with its board, in this process."""

    def __init__(self, folder: Path) -> None:
        for number, data in enumerate(FILES):
            (folder / f"{number}.csv").write_bytes(data)
        slices = [(f"{number}.csv", 0, len(data), 1) for number, data in enumerate(FILES)]
        write_slice_manifest(folder / "manifest", [*slices, ("gone.csv", 0, 5, 1)])
        descriptor = os.memfd_create("board")
        os.ftruncate(descriptor, board.BOARD_BYTES)
        head = mmap(descriptor, board.BOARD_BYTES)
        struct.pack_into("@QII", head, 0, board.MAGIC, board.VERSION, board.RING_ENTRIES)
        self.board = Board(descriptor)
        manifest = Manifest(str(folder / "manifest"))
        prefix = f"{folder}/"
        reader = TableReader(schema.from_json(SCHEMA))
        counter = RowCounter(manifest, prefix)
        self.source = TableSource(manifest, prefix, UserCode("/code"), reader, counter)
        self.loader = loader.TableLoader(self.board, self.source, SCHEMA, "/code")
        self._ticket = 0

    def load(self, mini_batch: int, **more: Any) -> Arrival:
        self._ticket += 1
        self.loader.request(Lease(self._ticket, mini_batch, 1, **more))
        assert self.board.words[board.STARTED] == self._ticket
        return self.loader.wait()

    def start_process(self) -> int:
        """Loads until that happens in the process; returns its id."""
        deadline = time.monotonic() + 30
        while self.loader._process is None or not self.loader._process.is_ready():
            assert time.monotonic() < deadline
            self.load(0)
            time.sleep(0.01)
        return self.loader._process._process.pid


@pytest.fixture
def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    monkeypatch.setattr(loader, "PROCESS_PRICE_NS", 1)
    made = Rig(tmp_path)
    yield made
    made.loader.close()


@pytest.mark.parametrize("mini_batch", range(len(FILES) + 1))
@pytest.mark.parametrize("part", [None, (1, 1)])
def test_the_process_loads_what_a_thread_would(rig: Rig, mini_batch: int, part: Any) -> None:
    rig.start_process()
    arrival = rig.load(mini_batch, part=part)
    assert arrival.cpu_ns > 0, "of the process"
    lease = Lease(1, mini_batch, 1, part)
    if isinstance(arrival.result, LoadFailure):
        with pytest.raises(LoadFailure) as expected:
            rig.source.load(lease)
        assert vars(arrival.result) == vars(expected.value)
        return
    expected_batch = rig.source.load(lease)
    pandas.testing.assert_frame_equal(arrival.result.argument, expected_batch.argument)
    for name in ("total", "paths", "names", "misfits"):
        assert getattr(arrival.result, name) == getattr(expected_batch, name)
    if arrival.result.total == 1:
        assert arrival.result.name_of_only_row is not None
        assert expected_batch.name_of_only_row is not None
        assert arrival.result.name_of_only_row() == expected_batch.name_of_only_row()


def test_a_script_may_write_into_its_frame(rig: Rig) -> None:
    rig.start_process()
    frames = [rig.load(0).result.argument for _ in range(2)]  # type: ignore[union-attr]
    frames[0].loc[0, "i"] = 99
    frames[0]["f"] *= 2
    frames[0].to_numpy()[0, 2] = "z"
    assert list(frames[1]["i"]) == [1, 2] and list(frames[1]["f"]) == [0.5, 1.5]


def test_the_board_is_cleared_when_the_load_is_done_and_not_when_it_is_fetched(rig: Rig) -> None:
    rig.start_process()
    rig.loader.request(Lease(1000, 0, 1))
    deadline = time.monotonic() + 30
    while rig.board.words[board.LOADING]:
        assert time.monotonic() < deadline
        time.sleep(0.001)
    assert not isinstance(rig.loader.wait().result, LoadFailure)


def test_a_process_that_dies_is_done_without(rig: Rig) -> None:
    os.kill(rig.start_process(), signal.SIGKILL)
    arrivals = [rig.load(0) for _ in range(3)]
    assert [arrival.result.total for arrival in arrivals] == [2, 2, 2]  # type: ignore[union-attr]
    assert rig.loader._process is None and rig.board.words[board.LOADING] == 0


def test_the_process_ends_with_the_loader_although_a_child_holds_its_socket(rig: Rig) -> None:
    process = rig.start_process()
    held = os.dup(rig.loader._process._channel.fileno())  # type: ignore[union-attr]
    rig.loader.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    os.close(held)


@pytest.mark.parametrize(
    "times, due",
    [
        ([(3, 50), (3, 50), (3, 50), (3, 50), (3, 50)], 4),  # loading is quick
        ([(50, 3), (50, 3), (50, 3), (50, 3), (50, 3)], 4),  # run() is quick
        ([(0, 99), (10, 10), (10, 10)], 2),  # nothing to hide at first; once is enough
        ([(4, 4), (4, 4)], None),
    ],
)
def test_it_pays_when_its_price_could_have_been_hidden(
    times: List[Tuple[int, int]], due: Optional[int]
) -> None:
    payback = Payback(10)
    found = [number for number, pair in enumerate(times, 1) if payback.is_due(*pair)]
    assert found == ([] if due is None else [due])


def test_it_is_not_started_before_it_would_have_paid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loader, "PROCESS_PRICE_NS", 10**15)
    rig = Rig(tmp_path)
    for _ in range(20):
        rig.load(0)
    assert rig.loader._process is None
    rig.loader.close()


def test_values_of_any_size_are_handed_over() -> None:
    numpy = pytest.importorskip("numpy")
    for value in (None, [], "x" * 1000, numpy.arange(10), [numpy.zeros(5_000_000), numpy.ones(3)]):
        taken = handover.take(*handover.put(value))
        assert str(taken) == str(value)
        arrays: List[Any] = taken if isinstance(taken, list) else []
        assert all(one.flags.writeable for one in arrays)


def test_a_worker_loads_in_a_process_when_that_pays(agent: FakeAgent) -> None:
    # Loads of some 30 ms behind runs that take longer: after half a second of them it has paid. Its
    # frames lie in shared memory.
    rows = 20_000
    data = "".join(
        f"{row},{row}.25,zone {row % 9},2026-01-02,true\n" for row in range(rows)
    ).encode()
    (agent.inputs / "t.csv").write_bytes(data)
    write_slice_manifest(agent.manifest, [("t.csv", 0, len(data), 1)] * 500)
    agent.start(
        """
import time
def init(): pass
def run(frame):
    time.sleep(0.05)
    assert len(frame) == 20000 and frame["i"].sum() == 199990000
    return ["batchmill-frame" in open("/proc/self/maps").read()]
""",
        kind="table",
        schema=SCHEMA,
    )
    first = agent.run((0, 1))[0]
    assert (first.status, first.data) == (board.RUN_DONE, b"False\n")
    sent = 1
    last = first
    while last.data == b"False\n" and sent < 500:
        last = agent.run((sent, 1))[0]
        sent += 1
    # From then on it loads all of them, in order.
    results = agent.run((0, 30))
    assert [(result.status, result.data) for result in results] == [(board.RUN_DONE, b"True\n")] * 30
    assert [result.ticket for result in results] == list(range(sent + 1, sent + 31))
    agent.shut_down()

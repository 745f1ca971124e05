"""The agent's side of the worker protocol, for tests: a socketpair, a memfd, one worker process."""

from __future__ import annotations

import json
import os
import select
import socket
import struct
import subprocess
import sys
import time
import zlib
from dataclasses import dataclass
from mmap import mmap
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from batchmill.worker import board

PACKAGES = Path(board.__file__).parents[2]
UNLIMITED = 2**63
DEADLINE_SECONDS = 120.0  # so long only where something is wrong

Message = Dict[str, Any]


@dataclass
class Result:
    """A ring entry, with the rows it points to."""

    ticket: int
    status: int
    has_error: int
    total: int
    succeeded: int
    rows: int
    crc: int
    offset: int
    length: int
    started_us: int
    elapsed_us: int
    run_us: int
    cpu_us: int
    peak_rss_kib: int
    data: bytes = b""


def write_file_manifest(folder: Path, names: Sequence[bytes], per_mini_batch: int = 1) -> None:
    _write_manifest(folder, "files", list(names), per_mini_batch)


def write_slice_manifest(
    folder: Path,
    slices: Sequence[Tuple[str, int, int, int]],
    per_mini_batch: int = 1,
    cuts: Optional[Sequence[int]] = None,
) -> None:
    """``slices``: (relative path, first byte, byte after the last, number of the first line)."""
    records = [
        struct.pack("<QQQ", begin, end, line) + os.fsencode(path)
        for path, begin, end, line in slices
    ]
    _write_manifest(folder, "slices", records, 0 if cuts else per_mini_batch, cuts)


def write_row_manifest(folder: Path, slices: Sequence[Tuple[str, int, int, int, int]]) -> None:
    """``slices``: (relative path, first byte, byte after the last, index of the first row, rows)."""
    records = [
        struct.pack("<QQQQ", begin, end, first, rows) + os.fsencode(path)
        for path, begin, end, first, rows in slices
    ]
    _write_manifest(folder, "rows", records, 1)


def write_rank_manifest(folder: Path, count: int) -> None:
    _write_manifest(folder, "ranks", [b""] * count, 1)


def _write_manifest(
    folder: Path,
    kind: str,
    records: List[bytes],
    per_mini_batch: int,
    cuts: Optional[Sequence[int]] = None,
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    head = {"version": 1, "kind": kind, "root": "", "per_mini_batch": per_mini_batch}
    (folder / "manifest.json").write_text(json.dumps(head))
    ends = []
    position = 0
    for record in records:
        position += len(record)
        ends.append(position)
    (folder / "manifest.dat").write_bytes(b"".join(records))
    (folder / "manifest.idx").write_bytes(struct.pack(f"<{len(ends)}Q", *ends))
    if cuts:
        (folder / "manifest.cuts").write_bytes(struct.pack(f"<{len(cuts)}Q", *cuts))


class FakeAgent:
    """Starts a worker in ``folder`` and speaks to it. Use as a context manager."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.code = folder / "code"
        self.inputs = folder / "inputs"
        self.logs = folder / "logs"
        self.manifest = folder / "manifest"
        self.spool_path = folder / "spool" / "3"
        for path in (self.code, self.inputs, self.spool_path.parent):
            path.mkdir(parents=True, exist_ok=True)
        self.stdout_path = self.logs / "user/stdout/0/process007.stdout.txt"
        self.stderr_path = self.logs / "user/stderr/0/process007.stderr.txt"
        self.error_path = self.logs / "user/error/0/process007.txt"
        self.messages: List[Message] = []  # received and not taken
        self.wake_ups = 0
        self.sent_tickets = 0
        # Another interpreter may be tried: only the standard library is needed without tables.
        self._python = os.environ.get("BATCHMILL_TEST_WORKER_PYTHON", sys.executable)
        self._buffer = b""
        self._process: Optional[subprocess.Popen[bytes]] = None
        self._socket: Optional[socket.socket] = None

    # ---- life --------------------------------------------------------------------------------

    def __enter__(self) -> FakeAgent:
        descriptor = os.memfd_create("board")
        os.ftruncate(descriptor, board.BOARD_BYTES)
        self._map = mmap(descriptor, board.BOARD_BYTES)
        self.words = memoryview(self._map).cast("Q")
        struct.pack_into("@QII", self._map, 0, board.MAGIC, board.VERSION, board.RING_ENTRIES)
        self.words[board.TICKET_LIMIT] = UNLIMITED
        self.words[board.WAKE_WANTED] = 1
        self._board_descriptor = descriptor
        return self

    def __exit__(self, *_: object) -> None:
        if self._socket is not None:
            self._socket.close()
        if self._process is not None:
            try:
                self._process.wait(DEADLINE_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
                raise

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def spawn(self) -> None:
        ours, theirs = socket.socketpair()
        self._socket = ours
        for path in (self.stdout_path, self.stderr_path):
            path.parent.mkdir(parents=True, exist_ok=True)
        environment = dict(os.environ)
        environment["BATCHMILL_SOCKET"] = str(theirs.fileno())
        environment["BATCHMILL_BOARD"] = str(self._board_descriptor)
        environment["PYTHONPATH"] = str(PACKAGES)
        environment.pop("BATCHMILL_TEST_WORKER_PYTHON", None)
        with open(self.stdout_path, "ab") as out, open(self.stderr_path, "ab") as err:
            self._process = subprocess.Popen(
                [self._python, "-m", "batchmill.worker"],
                cwd=self.code,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                pass_fds=(theirs.fileno(), self._board_descriptor),
            )
        theirs.close()
        os.close(self._board_descriptor)

    def start(self, script: Optional[str] = None, **spec: Any) -> Message:
        """Writes ``script``, starts the worker, sends init; returns the answer to it."""
        if script is not None:
            path = self.code / spec.get("entry_script", "score.py")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(script, encoding="utf-8", errors="surrogateescape")
        self.spawn()
        hello = self.next_message()
        assert hello == {"type": "hello", "version": 1, "pid": self.pid}
        self.send(self.init_message(**spec))
        while True:
            answer = self.next_message()
            if answer["type"] != "notice":
                return answer
            self.notices.append(answer["notice"])

    @property
    def notices(self) -> List[Message]:
        if not hasattr(self, "_notices"):
            self._notices: List[Message] = []
        return self._notices

    def init_message(self, **spec: Any) -> Message:
        source = {
            "kind": spec.pop("kind", "files"),
            "name": "images",
            "root": str(self.inputs),
            "manifest": str(self.manifest),
        }
        if "schema" in spec:
            source["schema"] = spec.pop("schema")
        worker_json = {
            "version": 1,
            "step": "score",
            "job": "digits_7_score",
            "root_job": "digits_7",
            "node_count": 1,
            "code": str(self.code),
            "entry_script": "score.py",
            "arguments": [],
            "logging_level": "INFO",
            "output_dir": str(self.folder / "out"),
            "input": source,
            "count_check": True,
            "append": {
                "format": "text",
                "to_csv": {"sep": " ", "header": False, "index": False},
            },
            **spec,
        }
        return {
            "type": "init",
            "spec": worker_json,
            "node": 0,
            "process": 7,
            "spool": 3,
            "spool_path": str(self.spool_path),
            "log_folder": str(self.logs),
        }

    # ---- messages ----------------------------------------------------------------------------

    def send(self, message: Message) -> None:
        body = json.dumps(message).encode()
        self._socket.sendall(struct.pack(">I", len(body)) + body)

    def send_wake(self) -> None:
        self._socket.sendall(b"\0\0\0\0")

    def lease(self, *ranges: Tuple[int, int], attempt: int = 1) -> None:
        """Leases (first mini-batch, count) ranges."""
        self.send(
            {
                "type": "leases",
                "ranges": [[first, count, attempt, 1] for first, count in ranges],
                "planned": 1 << 40,
            }
        )
        self.sent_tickets += sum(count for _, count in ranges)

    def lease_part(self, mini_batch: int, first: int, items: int, attempt: int = 1) -> None:
        """Leases items [first, first + items) of one mini-batch."""
        ranges = [[mini_batch, 1, attempt, 1, first, items]]
        self.send({"type": "leases", "ranges": ranges, "planned": 1 << 40})
        self.sent_tickets += 1

    def run_part(self, mini_batch: int, first: int, items: int, attempt: int = 1) -> Result:
        self.lease_part(mini_batch, first, items, attempt)
        return self.take_results(1)[0]

    def pump(self, timeout: float) -> bool:
        """Reads what arrives within ``timeout`` seconds; false at the end of the stream."""
        if not select.select([self._socket], [], [], timeout)[0]:
            return True
        try:
            data = self._socket.recv(1 << 20)
        except ConnectionResetError:
            return False
        self._buffer += data
        while len(self._buffer) >= 4:
            (length,) = struct.unpack_from(">I", self._buffer)
            if len(self._buffer) < 4 + length:
                break
            body, self._buffer = self._buffer[4 : 4 + length], self._buffer[4 + length :]
            if body:
                self.messages.append(json.loads(body.decode("utf-8")))
            else:
                self.wake_ups += 1
        return bool(data)

    def next_message(self) -> Message:
        self.until(lambda: bool(self.messages))
        return self.messages.pop(0)

    def until(self, condition: Callable[[], bool]) -> None:
        """Pumps until the condition holds; fails when the worker ends or time runs out."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not condition():
            alive = self.pump(0.05)
            if condition():
                return
            shown = self.stderr_path.read_text(errors="replace")[-2000:]
            assert alive, f"the worker ended; stderr:\n{shown}"
            assert time.monotonic() < deadline, f"timed out; stderr:\n{shown}"

    # ---- board -------------------------------------------------------------------------------

    def published(self) -> int:
        return self.words[board.FINISHED]

    def take_results(self, count: int) -> List[Result]:
        """Waits for ``count`` further results and consumes them."""
        consumed = self.words[board.CONSUMED]
        results = []
        for number in range(consumed, consumed + count):
            self.until(lambda number=number: self.published() > number)  # type: ignore[misc]
            results.append(self._result(number))
            self.words[board.CONSUMED] = number + 1
        return results

    def run(self, *ranges: Tuple[int, int], attempt: int = 1) -> List[Result]:
        """Leases ranges and waits for their results."""
        self.lease(*ranges, attempt=attempt)
        return self.take_results(sum(count for _, count in ranges))

    def errors(self) -> Dict[int, Message]:
        """Error records received so far, by ticket."""
        return {m["ticket"]: m["error"] for m in self.messages if m["type"] == "error"}

    def all_notices(self) -> List[Message]:
        return self.notices + [m["notice"] for m in self.messages if m["type"] == "notice"]

    def shut_down(self) -> Message:
        """Asks for the end; returns ``bye`` and checks that the process ended with 0."""
        self.send({"type": "shutdown"})
        self.until(lambda: any(m["type"] == "bye" for m in self.messages))
        assert self.exit_code() == 0
        return next(m for m in self.messages if m["type"] == "bye")

    def exit_code(self) -> int:
        assert self._process is not None
        return self._process.wait(DEADLINE_SECONDS)

    def stdout(self) -> str:
        return self.stdout_path.read_text(encoding="utf-8")

    def stderr(self) -> str:
        return self.stderr_path.read_text(encoding="utf-8", errors="replace")

    def _result(self, number: int) -> Result:
        result = Result(*board.ENTRY.unpack_from(self._map, board.entry_offset(number)))
        if result.length:
            with open(self.spool_path, "rb") as file:
                file.seek(result.offset)
                result.data = file.read(result.length)
        assert zlib.crc32(result.data) == result.crc
        return result

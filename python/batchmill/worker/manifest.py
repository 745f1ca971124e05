"""Reading the plan of a step's input from its mapped manifest (docs/formats/manifest.md)."""

from __future__ import annotations

import json
import mmap
import os
import struct
import sys
from typing import List, NamedTuple, Tuple, Union

_SLICE_HEAD = struct.Struct("<QQQ")
_ROWS_HEAD = struct.Struct("<QQQQ")
_ENCODING = sys.getfilesystemencoding()


class ManifestError(Exception):
    """A lease names records that the manifest does not hold: a fault of the engine."""


class _Growing:
    """A read-only map of a file that only grows; mapped again when more is asked for."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.bytes: Union[bytes, mmap.mmap] = b""
        self.size = 0

    def refresh(self) -> None:
        with open(self._path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > self.size:
                self.bytes = mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ)
                self.size = size


class _GrowingWords(_Growing):
    """The same as an array of u64; a partly written last word is not counted."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.words: memoryview = memoryview(b"").cast("Q")
        self.count = 0

    def refresh(self) -> None:
        super().refresh()
        if self.size // 8 > self.count:
            self.count = self.size // 8
            self.words = memoryview(self.bytes)[: self.count * 8].cast("Q")


class Manifest:
    """Records of mini-batches, by mini-batch id. Not thread-safe."""

    def __init__(self, folder: str) -> None:
        with open(os.path.join(folder, "manifest.json"), encoding="utf-8") as file:
            head = json.load(file)
        if head["version"] != 1:
            raise ManifestError(f"manifest of version {head['version']}")
        self.kind: str = head["kind"]  # "files", "slices", "rows" or "ranks"
        self.root: str = head.get("root", "")
        self._per_mini_batch: int = head["per_mini_batch"]
        self._records = _GrowingWords(os.path.join(folder, "manifest.idx"))
        self._data = _Growing(os.path.join(folder, "manifest.dat"))
        self._cuts = _GrowingWords(os.path.join(folder, "manifest.cuts"))

    def first_record(self, mini_batch: int) -> int:
        """Number of records before the mini-batch."""
        return self._range(mini_batch)[0]

    def records(self, mini_batch: int) -> List[bytes]:
        """The records of a mini-batch, as they are stored."""
        first, last = self._range(mini_batch)
        return self._slice(first, last)

    def paths(self, mini_batch: int, prefix: str) -> List[str]:
        """Paths of a mini-batch of kind ``files``; each is ``prefix`` and the relative path."""
        count = self._per_mini_batch
        records = self._records
        if count == 1 and mini_batch < records.count:  # one file each: the hot path
            words = records.words
            begin = words[mini_batch - 1] if mini_batch else 0
            end = words[mini_batch]
            if end <= self._data.size:
                return [prefix + self._data.bytes[begin:end].decode(_ENCODING, "surrogateescape")]
        first, last = self._range(mini_batch)
        return [
            prefix + record.decode(_ENCODING, "surrogateescape")
            for record in self._slice(first, last)
        ]

    def _range(self, mini_batch: int) -> Tuple[int, int]:
        count = self._per_mini_batch
        if not count:
            return self._cut_range(mini_batch)
        first = mini_batch * count
        last = first + count
        if last > self._records.count:
            self._records.refresh()
            last = min(last, self._records.count)  # the last mini-batch of the plan may be short
        if first >= last:
            raise ManifestError(f"mini-batch {mini_batch} is not in the manifest")
        return first, last

    def _cut_range(self, mini_batch: int) -> Tuple[int, int]:
        if mini_batch >= self._cuts.count:
            self._cuts.refresh()
            if mini_batch >= self._cuts.count:
                raise ManifestError(f"mini-batch {mini_batch} is not in the manifest")
        first = self._cuts.words[mini_batch - 1] if mini_batch else 0
        return first, self._cuts.words[mini_batch]

    def _slice(self, first: int, last: int) -> List[bytes]:
        if first == last:
            return []
        if last > self._records.count:
            self._records.refresh()
            if last > self._records.count:
                raise ManifestError(f"record {last - 1} is not in the manifest")
        words = self._records.words
        begin = words[first - 1] if first else 0
        ends = words[first:last].tolist()
        if ends[-1] > self._data.size:
            self._data.refresh()
            if ends[-1] > self._data.size:
                raise ManifestError(f"record {last - 1} is not in the manifest")
        data = self._data.bytes[begin : ends[-1]]
        records = []
        start = 0
        for end in ends:
            records.append(data[start : end - begin])
            start = end - begin
        return records


class Slice(NamedTuple):
    """A part of a delimited file: whole records, no header line."""

    path: str  # absolute
    item: str  # relative to the input's root, for messages
    begin: int  # first byte
    end: int  # byte after the last
    first_line: int  # number of the file's first data line, 0 when the slice does not begin a file


def slice_of(record: bytes, prefix: str) -> Slice:
    """Decodes a record of kind ``slices``."""
    begin, end, first_line = _SLICE_HEAD.unpack_from(record)
    item = record[_SLICE_HEAD.size :].decode(_ENCODING, "surrogateescape")
    return Slice(prefix + item, item, begin, end, first_line)


class Rows(NamedTuple):
    """A slice with a known number of rows."""

    slice: Slice
    first_row: int  # index of its first row in the whole input
    rows: int


def rows_of(record: bytes, prefix: str) -> Rows:
    """Decodes a record of kind ``rows``."""
    begin, end, first_row, rows = _ROWS_HEAD.unpack_from(record)
    item = record[_ROWS_HEAD.size :].decode(_ENCODING, "surrogateescape")
    first_line = 1 if begin == 0 else 0
    return Rows(Slice(prefix + item, item, begin, end, first_line), first_row, rows)


def prefix_of(root: str) -> str:
    """What stands before each relative path."""
    return root if not root or root.endswith("/") else root + "/"

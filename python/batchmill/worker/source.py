"""From a lease to the argument of ``run()``: one source for each kind of input (worker.json).

The loop over files has its own, quicker way to the same (``file_loop``).
"""

from __future__ import annotations

from typing import Any, Callable, List, NamedTuple, Optional, Sequence, Union

from batchmill.worker import error_record
from batchmill.worker.context import MiniBatch, MiniBatchContext, MiniBatchDataset
from batchmill.worker.error_record import UserCode
from batchmill.worker.leases import Lease
from batchmill.worker.manifest import Manifest, Slice, slice_of
from batchmill.worker.slices import LoadFailure


class Batch(NamedTuple):
    """A loaded mini-batch, or the part of it that was leased."""

    argument: Any  # what run() gets
    total: int  # items
    paths: Sequence[str]  # absolute: of each item, or of each file that rows were read from
    names: Sequence[str]  # the same below the input's root
    make_frame: Optional[Callable[[], Any]] = None  # of rows: they as a DataFrame
    misfits: Sequence[Any] = ()  # table.load.Misfit
    name_of_only_row: Optional[Callable[[], str]] = None  # file:line, where there is just one row


class Source:
    """Base of the sources. Not thread-safe; ``load`` and ``items_before`` may run in two threads."""

    counts_items = True  # results can be compared with items
    has_rows = False  # items are rows, whose number the plan does not tell
    prefix = ""  # what stands before the paths below the input's root
    # Of items that are files, the paths of a mini-batch: each the given prefix and the path below
    # the input's root.
    paths: Callable[[int, str], List[str]]

    def load(self, lease: Lease) -> Batch:
        """Raises LoadFailure."""
        raise NotImplementedError

    def items_before(self, mini_batch: int) -> int:
        """Items of the whole input that lie before a mini-batch."""
        raise NotImplementedError


class FileSource(Source):
    """Items are files: ``run()`` gets their paths."""

    def __init__(self, manifest: Manifest, prefix: str) -> None:
        self._manifest = manifest
        self.prefix = prefix
        self.paths = manifest.paths

    def load(self, lease: Lease) -> Batch:
        names = self.paths(lease.mini_batch, "")
        if lease.part is not None:
            first, items = lease.part
            names = names[first : first + items]
        paths = [self.prefix + name for name in names]
        argument = MiniBatch(paths)
        argument.task_id = lease.mini_batch
        return Batch(argument, len(paths), paths, names)

    def items_before(self, mini_batch: int) -> int:
        return self._manifest.first_record(mini_batch)


class RankSource(Source):
    """There is no input: each mini-batch is an empty list with a number (parallel-job.md 2.3)."""

    counts_items = False

    def __init__(self) -> None:
        self.paths = lambda mini_batch, prefix: []

    def load(self, lease: Lease) -> Batch:
        argument = MiniBatch()
        argument.task_id = lease.mini_batch
        return Batch(argument, 0, (), ())

    def items_before(self, mini_batch: int) -> int:
        return 0


class RowSource(Source):
    """Items are rows, read from slices of files. ``read`` is what the kinds differ in."""

    has_rows = True

    def __init__(self, manifest: Manifest, prefix: str, user: UserCode) -> None:
        self._manifest = manifest
        self.prefix = prefix
        self._user = user

    def load(self, lease: Lease) -> Batch:
        slices: List[Slice] = []
        try:
            slices = self.slices(lease.mini_batch)
            return self.read(lease, slices)
        except BaseException as error:  # noqa: BLE001 - MemoryError, or a fault of ours
            raise failure_of(error, lease, slices, self._user) from None

    def read(self, lease: Lease, slices: List[Slice]) -> Batch:
        raise NotImplementedError

    def slices(self, mini_batch: int) -> List[Slice]:
        records = self._manifest.records(mini_batch)
        return [slice_of(record, self.prefix) for record in records]


def failure_of(
    error: BaseException, lease: Lease, slices: Sequence[Slice], user: UserCode
) -> LoadFailure:
    """What was raised while rows were read, as a failure of this lease."""
    if isinstance(error, LoadFailure):
        record, rows = error.record, error.rows
    else:
        record, rows = error_record.from_exception(error, error_record.LOAD_FAILED, user), 0
        record["item"] = slices[0].item if slices else ""
    return LoadFailure(record, rows if lease.part is None else lease.part[1])


def load(source: Source, lease: Lease) -> Union[Batch, LoadFailure]:
    """What became of a load; raises nothing that belongs to the mini-batch."""
    try:
        return source.load(lease)
    except LoadFailure as failure:
        return failure


def context_of(batch: Batch, lease: Lease, input_name: str, source: Source) -> MiniBatchContext:
    return MiniBatchContext(
        lease.mini_batch,
        lease.attempt,
        lease.first_item,
        input_name,
        lambda: MiniBatchDataset(list(batch.paths), batch.make_frame),
        source.items_before,
    )


def names_for_failure(batch: Batch) -> List[str]:
    """The item itself where there is only one, else the files."""
    if batch.total == 1 and batch.name_of_only_row is not None:
        try:
            return [batch.name_of_only_row()]
        except LoadFailure:  # gone meanwhile
            pass
    return list(batch.names)


def files_of(slices: Sequence[Slice]) -> "tuple[List[str], List[str]]":
    """Paths, and names below the root, of the files that slices lie in, each once."""
    names = {part.path: part.item for part in slices}
    return list(names), list(names.values())

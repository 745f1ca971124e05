"""The arguments of ``run()`` (parallel-job.md 3.2 and 3.3)."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional


class MiniBatch(list):  # type: ignore[type-arg]
    """Items of a mini-batch, paths or rows: a list that knows its id."""

    __slots__ = ("task_id", "__dict__")

    task_id: int

    @property
    def minibatch_index(self) -> int:
        return self.task_id


class MiniBatchDataset:
    """What the context calls ``dataset``: the data of this mini-batch."""

    def __init__(self, paths: List[str], make_frame: Optional[Callable[[], Any]]) -> None:
        self.paths = paths  # absolute; of rows the files that they were read from
        self._make_frame = make_frame

    def to_pandas_dataframe(self) -> Any:
        """The mini-batch's rows; for files a frame with the single column ``Path``."""
        if self._make_frame is not None:
            return self._make_frame()
        import pandas

        return pandas.DataFrame({"Path": pandas.Series(list(self.paths), dtype=object)})


class MiniBatchContext:
    """The second argument of ``run(mini_batch, mini_batch_context)``."""

    __slots__ = (
        "minibatch_index",
        "task_id",
        "attempt",
        "input_name",
        "partition_key_value",
        "first_item",
        "_make_dataset",
        "_items_before",
        "__dict__",
    )

    def __init__(
        self,
        minibatch_index: int,
        attempt: int,
        first_item: int,
        input_name: str,
        make_dataset: Callable[[], MiniBatchDataset],
        items_before: Callable[[int], int],
    ) -> None:
        self.minibatch_index = minibatch_index  # from 0, the same in every try
        self.task_id = minibatch_index
        self.attempt = attempt  # from 1
        self.input_name = input_name
        self.partition_key_value: Optional[Dict[str, Any]] = None  # not partitioned by keys
        self.first_item = first_item  # of the mini-batch; not 0 only where it was bisected
        self._make_dataset = make_dataset
        self._items_before = items_before

    @property
    def dataset(self) -> MiniBatchDataset:
        return self._make_dataset()

    @property
    def global_row_index_lower_bound(self) -> int:
        """Index of the first row (file) that ``run()`` was given in the whole input.

        For a table the rows before it are counted at the first use in a worker, which reads the
        input up to here once.
        """
        return self._items_before(self.minibatch_index) + self.first_item

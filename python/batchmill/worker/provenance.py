"""Where a row comes from: its mini-batch and its source file (parallel-job.md 6)."""

from __future__ import annotations

from typing import List, NamedTuple, Sequence

MINI_BATCH = "mini_batch"
SOURCE = "source"


class Origin(NamedTuple):
    """What a result was made of."""

    mini_batch: int
    paths: Sequence[str]
    prefix: str  # what stands before the path below the input's root
    by_item: bool  # paths are the items, one for each

    def sources(self, count: int) -> List[str]:
        """The files of ``count`` rows, relative to the input's root; empty where it is not known.

        As many rows as items that are files belong to them one by one.
        """
        skipped = len(self.prefix)
        if self.by_item and count == len(self.paths):
            return [path[skipped:] for path in self.paths]
        return [self.paths[0][skipped:] if len(self.paths) == 1 else ""] * count

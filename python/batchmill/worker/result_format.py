"""Formatting results by their type, with the remarks that they give rise to."""

from __future__ import annotations

import time
from typing import Any, Dict, Optional, Tuple

from batchmill.worker.notices import Notices
from batchmill.worker.result_rows import Frame, FrameFormat, classify, lines
from batchmill.worker.spool import Spool


class ResultFormat:
    """``append`` is that key of worker.json; None: rows are counted only."""

    def __init__(
        self,
        append: Optional[Dict[str, Any]],
        spool: Optional[Spool],
        notices: Notices,
        counts_items: bool,
    ) -> None:
        self.appends = append is not None
        # Cells: the loop looks at them for every mini-batch.
        self.frames_seen = [False]
        self.elements_seen = [False]
        self._frames = FrameFormat((append or {}).get("to_csv") or {})
        self._header_written = False
        self._spool = spool
        self._notices = notices
        self._counts_items = counts_items

    def take(self, result: Any, total: int) -> Tuple[int, int, bytes]:
        """(monotonic ns when run() and its generator had ended, number of results, rows).

        Raises BadReturn, and what the script's objects raise while they are turned into text.
        """
        found = classify(result)
        ran_ns = time.monotonic_ns()
        if isinstance(found, Frame):
            return ran_ns, len(found.frame), self._frame_rows(found.frame, total)
        count = len(found.values)
        self.remark_elements(count, total)
        return ran_ns, count, lines(found.values) if self.appends else b""

    def remark_elements(self, count: int, total: int) -> None:
        """Called for results that are not frames, where something may be worth a remark."""
        self.elements_seen[0] = True
        self._remark_mixture()
        self._remark_surplus(count, total)

    def _frame_rows(self, frame: Any, total: int) -> bytes:
        self.frames_seen[0] = True
        self._remark_mixture()
        self._remark_surplus(len(frame), total)
        if not self.appends:
            return b""
        if self._frames.has_header and not self._header_written and self._spool is not None:
            header = self._frames.header(frame)
            if header is not None:
                self._spool.write_header(header)
            self._header_written = True
        return self._frames.rows(frame)

    def _remark_mixture(self) -> None:
        if self.elements_seen[0] and self.frames_seen[0]:
            text = "run() returns both DataFrames and lists; each is written in its own format"
            self._notices.say("mixed", 0, text)

    def _remark_surplus(self, count: int, total: int) -> None:
        if count > total and self._counts_items:
            text = f"run() returned {count} results for {total} items; all of them count"
            self._notices.say("surplus", 0, text)

"""CPU time of mini-batches without a system call for each.

Runs of at least CPU_MEASURED_NS are measured. Shorter ones get their elapsed time multiplied by
the share of it that was CPU time over the last group of short runs.
"""

from __future__ import annotations

import time

CPU_MEASURED_NS = 1_000_000


class CpuShare:
    def __init__(self) -> None:
        self.per_mille = 1000  # CPU time of short runs in thousandths of their elapsed time
        self._mark = time.process_time_ns()

    def measured(self, quick_ns: int) -> int:
        """CPU ns of the run that just ended; ``quick_ns`` elapsed in short ones before it."""
        now = time.process_time_ns()
        spent = now - self._mark - quick_ns * self.per_mille // 1000
        self._mark = now
        return max(0, spent)

    def share(self, quick_ns: int) -> int:
        """Ends a group of short runs that took ``quick_ns``; returns the new share."""
        now = time.process_time_ns()
        if quick_ns:
            self.per_mille = min(1000, (now - self._mark) * 1000 // quick_ns)
        self._mark = now
        return self.per_mille

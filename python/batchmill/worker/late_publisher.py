"""Publishing quick results while a slow ``run()`` follows them.

The loop gathers results of quick mini-batches. When the next one turns out to be slow, they would
wait for its end; this thread then publishes them. It exists only in workers that gather, and
sleeps without a timer while nothing is pending.

Why no lock is taken on the hot path: the thread acts only while the RUNNING slot is set, that is,
while the main thread is inside ``run()`` and touches nothing of ours. It raises ``touched`` before
it looks at the slot; the main thread clears the slot before it looks at ``touched``. Under the
interpreter lock one of the two sees the other, and the main thread then waits in ``settle``.
"""

from __future__ import annotations

import threading
import time
from queue import SimpleQueue
from typing import List, Optional

from batchmill.worker.board import FINISHED, RUNNING, WAKE_WANTED, Board
from batchmill.worker.messages import Channel
from batchmill.worker.spool import Spool

_TICK_SECONDS = 0.0025
_IDLE_TICKS = 20


class LatePublisher:
    def __init__(
        self, board: Board, channel: Channel, pending: List[bytes], spool: Optional[Spool]
    ) -> None:
        self.touched = [False]  # the main thread must settle() before it goes on
        self.idle = [True]  # the main thread must arm() when it leaves something pending
        self._words = board.words
        self._channel = channel
        self._pending = pending
        self._spool = spool
        self._lock = threading.Lock()
        self._armed: SimpleQueue[None] = SimpleQueue()
        self._started = False

    def arm(self) -> None:
        """Main thread: something is pending and the thread sleeps."""
        self.idle[0] = False
        if self._started:
            self._armed.put(None)
        else:
            self._started = True
            threading.Thread(target=self._watch, name="batchmill-publisher", daemon=True).start()

    def settle(self) -> None:
        """Main thread, outside ``run()``: waits until the thread has finished what it began."""
        with self._lock:
            self.touched[0] = False

    def _watch(self) -> None:
        seen = -1
        quiet_ticks = 0
        while True:
            time.sleep(_TICK_SECONDS)
            if not self._pending:
                quiet_ticks += 1
                if quiet_ticks >= _IDLE_TICKS:
                    quiet_ticks = 0
                    self._sleep_until_armed()
                continue
            quiet_ticks = 0
            finished = self._words[FINISHED]
            if finished != seen:  # pending since this tick only
                seen = finished
                continue
            self._publish()

    def _sleep_until_armed(self) -> None:
        self.idle[0] = True
        if self._pending:  # came between the last look and the line above
            self.idle[0] = False
        else:
            self._armed.get()

    def _publish(self) -> None:
        with self._lock:
            self.touched[0] = True
            if not self._words[RUNNING] or not self._pending:
                return
            if self._spool is not None:
                try:
                    self._spool.append(b"".join(self._pending))
                except OSError:
                    return  # the main thread meets the same and reports it
            self._words[FINISHED] += len(self._pending)
            self._pending.clear()
            if self._words[WAKE_WANTED]:
                self._channel.wake()

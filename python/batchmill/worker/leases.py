"""Mini-batches that this worker may start: tickets in order (docs/formats/worker-protocol.md)."""

from __future__ import annotations

from collections import deque
from typing import Deque, Optional, Tuple

from batchmill.worker.messages import Channel

Range = Tuple[int, int, int]  # first mini-batch, count, number of the try


class ProtocolError(Exception):
    """The agent sent what this version does not know."""


class Leases:
    """Ranges that were received and not begun. Whoever serves them counts the tickets."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self.ranges: Deque[Range] = deque()
        self.last = 0  # highest ticket received
        self.closing = False  # shutdown was asked for: begin nothing more

    def poll(self, timeout_seconds: Optional[float]) -> None:
        """Takes what has arrived; None waits for something, 0 does not wait."""
        for message in self._channel.receive(timeout_seconds):
            kind = message["type"]
            if kind == "leases":
                for first, count, attempt, _epoch in message["ranges"]:
                    self.ranges.append((first, count, attempt))
                    self.last += count
            elif kind == "shutdown":
                self.closing = True
            else:
                raise ProtocolError(f"unknown message {kind!r}")

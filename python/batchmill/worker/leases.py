"""Mini-batches that this worker may start: tickets in order (docs/formats/worker-protocol.md)."""

from __future__ import annotations

from collections import deque
from typing import Deque, List, NamedTuple, Optional, Tuple

from batchmill.worker.messages import Channel

Part = Tuple[int, int]  # first item, items: what is leased of a bisected mini-batch
Range = Tuple[int, int, int, Optional[Part]]  # first mini-batch, count, number of the try


class ProtocolError(Exception):
    """The agent sent what this version does not know."""


class Lease(NamedTuple):
    ticket: int
    mini_batch: int
    attempt: int  # number of the try, from 1
    part: Optional[Part] = None  # None: all of it

    @property
    def first_item(self) -> int:
        return self.part[0] if self.part is not None else 0

    def describe(self) -> str:
        """For logs: ``mini-batch 17, items 4 to 7, try 2``."""
        items = ""
        if self.part is not None:
            first, count = self.part
            items = f", item {first}" if count == 1 else f", items {first} to {first + count - 1}"
        return f"mini-batch {self.mini_batch}{items}, try {self.attempt}"


class Leases:
    """Ranges that were received and not begun.

    ``take`` hands out single leases; the loop over files takes whole ranges from ``ranges`` and
    counts the tickets itself. One of the two is used.
    """

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
                for first, count, attempt, _epoch, *part in message["ranges"]:
                    self.ranges.append((first, count, attempt, _part(part)))
                    self.last += count
            elif kind == "shutdown":
                self.closing = True
            else:
                raise ProtocolError(f"unknown message {kind!r}")

    def is_empty(self) -> bool:
        return not self.ranges

    def next_ticket(self) -> int:
        """Ticket of the next lease; there must be one."""
        return self.last - sum(count for _, count, _, _ in self.ranges) + 1

    def next_mini_batch(self) -> int:
        """Mini-batch of the next lease; there must be one."""
        return self.ranges[0][0]

    def take(self) -> Lease:
        """The next lease; there must be one."""
        ticket = self.next_ticket()
        first, count, attempt, part = self.ranges.popleft()
        if count > 1:
            self.ranges.appendleft((first + 1, count - 1, attempt, part))
        return Lease(ticket, first, attempt, part)


def _part(numbers: List[int]) -> Optional[Part]:
    """What follows the epoch in a range; no items mean all."""
    return (numbers[0], numbers[1]) if len(numbers) > 1 and numbers[1] else None

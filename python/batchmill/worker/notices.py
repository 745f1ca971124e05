"""Remarks to the user that are worth one line each (docs/formats/worker-protocol.md)."""

from __future__ import annotations

from typing import Any, Dict, Set

from batchmill.worker.messages import Channel


class Remarks:
    """Tells each subject once. Main thread only."""

    def __init__(self) -> None:
        self._said: Set[str] = set()

    def say(self, subject: str, code: int, text: str) -> None:
        if subject not in self._said:
            self._said.add(subject)
            self.tell(code, text)

    def tell(self, code: int, text: str) -> None:
        raise NotImplementedError

    def misfit(self, values: Dict[str, Any]) -> None:
        """Values of one mini-batch that did not fit their column; not limited to once."""
        raise NotImplementedError


class Notices(Remarks):
    """Tells the agent."""

    def __init__(self, channel: Channel) -> None:
        super().__init__()
        self._channel = channel

    def tell(self, code: int, text: str) -> None:
        self._channel.send({"type": "notice", "notice": {"code": code, "text": text}})

    def misfit(self, values: Dict[str, Any]) -> None:
        self._channel.send({"type": "notice", "notice": {"code": 0, "kind": "misfit", **values}})

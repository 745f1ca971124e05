"""Remarks to the user that are worth one line each (docs/formats/worker-protocol.md)."""

from __future__ import annotations

from typing import Any, Dict, Set

from batchmill.worker.messages import Channel


class Notices:
    """Sends each subject once per worker. Main thread only."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._said: Set[str] = set()

    def say(self, subject: str, code: int, text: str) -> None:
        if subject not in self._said:
            self._said.add(subject)
            self._channel.send({"type": "notice", "notice": {"code": code, "text": text}})

    def misfit(self, values: Dict[str, Any]) -> None:
        """Values of one mini-batch that did not fit their column; not limited to once."""
        self._channel.send({"type": "notice", "notice": {"code": 0, "kind": "misfit", **values}})

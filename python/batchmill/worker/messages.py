"""Framed JSON messages over the socket to the agent (docs/formats/worker-protocol.md)."""

from __future__ import annotations

import codecs
import json
import os
import socket
import threading
from typing import Any, Dict, List, Optional, Tuple

Message = Dict[str, Any]
WAKE_UP = b"\0\0\0\0"


def _escape_for_json(error: UnicodeError) -> Tuple[str, int]:
    """Shows what UTF-8 cannot hold: a file name's byte as ``\\xff``, a surrogate as ``\\ud800``."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    shown = []
    for character in error.object[error.start : error.end]:
        point = ord(character)
        shown.append(
            f"\\\\x{point - 0xDC00:02x}" if 0xDC80 <= point <= 0xDCFF else f"\\\\u{point:04x}"
        )
    return "".join(shown), error.end


codecs.register_error("batchmill-json", _escape_for_json)


def to_json(message: Message) -> bytes:
    """Always valid UTF-8 and JSON, whatever the strings hold."""
    text = json.dumps(message, ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "batchmill-json")


def encode(message: Message) -> bytes:
    """A message as it goes over the wire."""
    body = to_json(message)
    return len(body).to_bytes(4, "big") + body


class Channel:
    """The worker's end of the socketpair. Sending blocks until the agent has room.

    The end of the stream means that the agent is gone: the process ends at once.
    Sending is thread-safe, receiving is the main thread's.
    """

    def __init__(self, descriptor: int) -> None:
        self._socket = socket.socket(fileno=descriptor)
        self._socket.setblocking(True)
        self._received = bytearray()
        self._sending = threading.Lock()
        self._kept: List[Message] = []

    def send(self, message: Message) -> None:
        self._send(encode(message))

    def wake(self) -> None:
        """Tells the agent to look at the board."""
        self._send(WAKE_UP)

    def receive_one(self) -> Message:
        """Waits for one message; what came with it is for the next ``receive``."""
        while not self._kept:
            self._kept = self.receive(None)
        return self._kept.pop(0)

    def receive(self, timeout_seconds: Optional[float]) -> List[Message]:
        """Messages that have arrived; wake-ups are dropped.

        None waits until something arrives (perhaps only a wake-up, which gives an empty list);
        0 does not wait.
        """
        if self._kept:
            kept, self._kept = self._kept, []
            return kept
        try:
            if timeout_seconds:
                self._socket.settimeout(timeout_seconds)
                try:
                    data = self._socket.recv(65536)
                finally:
                    self._socket.setblocking(True)
            else:
                flags = 0 if timeout_seconds is None else socket.MSG_DONTWAIT
                data = self._socket.recv(65536, flags)
        except (BlockingIOError, socket.timeout):
            return []
        except ConnectionError:
            data = b""
        if not data:
            os._exit(1)
        return self._complete(data)

    def abandon(self) -> None:
        """Closes a forked child's copy; the parent's stays open."""
        self._socket.close()

    def _send(self, frame: bytes) -> None:
        try:
            with self._sending:
                self._socket.sendall(frame)
        except (BrokenPipeError, ConnectionError):
            os._exit(1)

    def _complete(self, data: bytes) -> List[Message]:
        buffer = self._received
        buffer += data
        messages = []
        position = 0
        while len(buffer) - position >= 4:
            end = position + 4 + int.from_bytes(buffer[position : position + 4], "big")
            if len(buffer) < end:
                break
            if end > position + 4:
                messages.append(json.loads(buffer[position + 4 : end]))
            position = end
        del buffer[:position]
        return messages

"""Messages between a worker and its loading process, and frames in shared memory.

A message is a pickle with its length before it; both sides are the same program. A frame travels
in a memfd whose descriptor goes along: the pickle's large buffers are mapped by the receiver, not
copied. The mapping is private, so that a script may write into its frame.
"""

from __future__ import annotations

import array
import mmap
import os
import pickle
import socket
import struct
from typing import Any, List, Optional, Tuple

_HEAD = struct.Struct("=Q")
_ALIGNMENT = 64
_CHUNK = 1 << 30  # Linux writes at most 2 GiB at once


def send(channel: socket.socket, message: Any, descriptor: Optional[int] = None) -> None:
    """With a descriptor, which the receiver gets a copy of."""
    body = pickle.dumps(message, protocol=5)
    data = _HEAD.pack(len(body)) + body
    if descriptor is None:
        return channel.sendall(data)
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [descriptor]))]
    sent = channel.sendmsg([data], rights)
    channel.sendall(data[sent:])


def receive(channel: socket.socket) -> Tuple[Any, Optional[int]]:
    """Waits for a message, and gives the descriptor that came with it. Raises EOFError."""
    space = socket.CMSG_SPACE(array.array("i").itemsize)
    try:
        head, ancillary, _, _ = channel.recvmsg(_HEAD.size, space)
        descriptors = array.array("i")
        for level, kind, data in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                descriptors.frombytes(data)
        head += _exactly(channel, _HEAD.size - len(head))
        message = pickle.loads(_exactly(channel, _HEAD.unpack(head)[0]))
    except ConnectionError:
        raise EOFError from None
    return message, descriptors[0] if descriptors else None


def _exactly(channel: socket.socket, count: int) -> bytes:
    received = bytearray()
    while len(received) < count:
        data = channel.recv(count - len(received))
        if not data:
            raise EOFError
        received += data
    return bytes(received)


def put(value: Any) -> Tuple[int, List[int]]:
    """A memfd that holds the value, and the lengths of its pickle and of the buffers after it."""
    buffers: List[pickle.PickleBuffer] = []
    main = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    parts = [memoryview(main), *(buffer.raw() for buffer in buffers)]
    lengths = [part.nbytes for part in parts]
    descriptor = os.memfd_create("batchmill-frame")
    offsets = _offsets(lengths)
    try:
        os.ftruncate(descriptor, offsets[-1] + lengths[-1])  # the last buffers may be empty
        for part, offset in zip(parts, offsets):
            while part.nbytes:
                written = os.pwrite(descriptor, part[:_CHUNK], offset)
                part, offset = part[written:], offset + written
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor, lengths


def take(descriptor: int, lengths: List[int]) -> Any:
    """The value; its arrays lie in the mapping. Closes the descriptor."""
    offsets = _offsets(lengths)
    try:
        memory = memoryview(
            mmap.mmap(descriptor, offsets[-1] + lengths[-1], access=mmap.ACCESS_COPY)
        )
    finally:
        os.close(descriptor)
    parts = [memory[offset : offset + length] for offset, length in zip(offsets, lengths)]
    return pickle.loads(parts[0], buffers=parts[1:])


def _offsets(lengths: List[int]) -> List[int]:
    offsets = []
    position = 0
    for length in lengths:
        offsets.append(position)
        position += -(-length // _ALIGNMENT) * _ALIGNMENT
    return offsets

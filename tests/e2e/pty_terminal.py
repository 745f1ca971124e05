"""A pseudo-terminal in which a program runs."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import termios
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Terminal:
    """A program with a terminal of its own, and everything that it wrote."""

    process: int
    master: int
    text: str = ""
    code: int | None = None
    pending: bytes = field(default=b"", repr=False)

    @classmethod
    def start(cls, words: list[str], env: dict[str, str], width: int, height: int = 24) -> Terminal:
        process, master = pty.fork()
        if process == 0:
            resize(0, width, height)
            os.execvpe(words[0], words, env)
        return cls(process, master)

    def read_for(self, seconds: float, until: Callable[[str], bool] = lambda text: False) -> None:
        """Reads for this long, to the end of the program, or until what was written satisfies `until`."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0 and not until(self.text):
            if not select.select([self.master], [], [], left)[0]:
                continue
            try:
                data = self.pending + os.read(self.master, 65536)
            except OSError:  # the other end is closed
                break
            whole = len(data)
            while whole and (data[whole - 1] & 0xC0) == 0x80:
                whole -= 1
            if whole and data[whole - 1] >= 0xC0:
                whole -= 1  # a character that is not all there yet
            else:
                whole = len(data)
            self.text += data[:whole].decode()
            self.pending = data[whole:]

    def resize(self, width: int, height: int = 24) -> None:
        resize(self.master, width, height)  # the kernel sends SIGWINCH

    def type(self, data: bytes) -> None:
        os.write(self.master, data)

    def wait(self, seconds: float = 20) -> int:
        self.read_for(seconds, lambda _: False)
        self.code = os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])
        os.close(self.master)
        return self.code


def resize(terminal: int, width: int, height: int) -> None:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

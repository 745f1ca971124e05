"""Keeping our descriptors out of the way of user code.

User code closes stdout, ``os.closerange(3, 20)``, duplicates onto low numbers. Ours therefore lie
at high numbers, and are not inherited by programs that the script starts.
"""

from __future__ import annotations

import fcntl
import os
import resource


def _lowest() -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft > 1024:
        soft = 1024
    return max(32, soft - 24)


def move_high(descriptor: int) -> int:
    """Moves a descriptor to a high, close-on-exec number; the old number is closed."""
    try:
        high = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _lowest())
    except OSError:  # all high numbers are taken or forbidden: stay where we are
        os.set_inheritable(descriptor, False)
        return descriptor
    os.close(descriptor)
    return high

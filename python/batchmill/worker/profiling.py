"""Profiles of ``init()`` and ``run()``: ``--profiling_module`` (parallel-job.md 2.1 and 7.3)."""

from __future__ import annotations

import functools
import marshal
import os
import sys
import threading
import time
from typing import Any, Callable, Iterator, Optional, Tuple

DUMP_SECONDS = 60.0


class Profiler:
    """Writes ``path``, which ``pstats`` reads, every ``interval`` seconds of work and at the end.

    A kill loses what came after the last time, and of what runs then the calls that have not
    ended. The file is complete at any moment.
    """

    def __init__(self, module: str, path: str, interval: float = DUMP_SECONDS) -> None:
        """``module`` is ``cProfile`` or ``profile``."""
        self.path = path
        self._interval = interval
        self._writing = threading.Lock()
        self._thread: Optional[threading.Thread] = None
        if module == "cProfile":
            import cProfile

            self._profile: Any = cProfile.Profile()
            self._call: Callable[..., Any] = self._call_c
        else:
            import profile

            self._profile = profile.Profile()
            self._call = self._call_plain

    def wrap(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, profiled; what a generator does belongs to it."""

        @functools.wraps(function)
        def profiled(*arguments: Any) -> Any:
            self._watch()
            return self._call(function, arguments)

        profiled._batchmill_wraps = function  # type: ignore[attr-defined]
        return profiled

    def write(self) -> None:
        """Does nothing where nothing was measured. Never raises: a profile fails no mini-batch."""
        with self._writing:
            try:
                self._write()
            except OSError as problem:
                print(f"cannot write {self.path}: {problem.strerror}", file=sys.stderr)

    def _write(self) -> None:
        # Not by dump_stats(), which ends the measuring of a run that lasts.
        for _ in range(100):
            try:
                self._profile.snapshot_stats()
                break
            except RuntimeError:  # profile's dictionaries change while run() lasts
                time.sleep(0.001)
        else:
            return
        if not self._profile.stats:
            return
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        temporary = self.path + ".tmp"
        with open(temporary, "wb") as file:
            marshal.dump(self._profile.stats, file)
        os.replace(temporary, self.path)

    # Like the module's own runcall(), whose frames would stand in the user's tracebacks.

    def _call_c(self, function: Callable[..., Any], arguments: Tuple[Any, ...]) -> Any:
        self._profile.enable()
        try:
            result = function(*arguments)
            return list(result) if isinstance(result, Iterator) else result
        finally:
            self._profile.disable()

    def _call_plain(self, function: Callable[..., Any], arguments: Tuple[Any, ...]) -> Any:
        self._profile.set_cmd(repr(function))
        sys.setprofile(self._profile.dispatcher)
        try:
            result = function(*arguments)
            return list(result) if isinstance(result, Iterator) else result
        finally:
            sys.setprofile(None)
            self._profile.simulate_cmd_complete()  # or the next call does not fit onto this one

    def _watch(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._write_now_and_then, name="batchmill-profile", daemon=True
            )
            self._thread.start()

    def _write_now_and_then(self) -> None:
        while True:
            time.sleep(self._interval)
            self.write()


def open_profiler(
    module: Optional[str], log_folder: str, node: int, process: str
) -> Optional[Profiler]:
    if not module:
        return None
    path = os.path.join(log_folder, "sys", "node", str(node), f"{process}.profile")
    return Profiler(module, path)

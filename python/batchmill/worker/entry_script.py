"""``EntryScript``: what a script may ask about the worker that it runs in (parallel-job.md 3.5)."""

from __future__ import annotations

import logging
import os
from typing import Optional


class _LazyFile(logging.FileHandler):
    """A log file that appears, with its folders, at the first record."""

    def __init__(self, path: str) -> None:
        super().__init__(path, mode="a", encoding="utf-8", delay=True)
        # Not a constructor argument before Python 3.9.
        self.errors = "backslashreplace"

    def _open(self):  # type: ignore[no-untyped-def]
        os.makedirs(os.path.dirname(self.baseFilename), exist_ok=True)
        return open(self.baseFilename, self.mode, encoding=self.encoding, errors="backslashreplace")


class EntryScript:
    """One object per process: ``EntryScript()`` gives the same one everywhere.

    Outside a worker (a unit test of the script, say) it logs to stderr and names the working
    folder.
    """

    _only: Optional[EntryScript] = None

    logger: logging.Logger  # writes to log_dir/<agent_name>.log.txt at the step's logging_level
    agent_name: str  # processNNN
    output_dir: str
    working_dir: str
    node_id: str
    _log_dir: str

    def __new__(cls) -> EntryScript:
        if cls._only is None:
            only = super().__new__(cls)
            only.logger = logging.getLogger("EntryScript")
            only._log_dir = only.output_dir = only.working_dir = os.getcwd()
            only.agent_name = "process000"
            only.node_id = "0"
            cls._only = only
        return cls._only

    @property
    def log_dir(self) -> str:
        """Where the script may add files of its own. Created when it is asked for."""
        try:
            os.makedirs(self._log_dir, exist_ok=True)
        except OSError:
            pass  # the script's own attempt to write there tells
        return self._log_dir

    def _attach(
        self, log_dir: str, agent_name: str, output_dir: str, node_id: str, level: int
    ) -> None:
        """Makes it speak for this worker; called once, before the script is imported."""
        self._log_dir = log_dir
        self.agent_name = agent_name
        self.output_dir = output_dir
        self.working_dir = os.getcwd()
        self.node_id = node_id
        handler = _LazyFile(os.path.join(log_dir, f"{agent_name}.log.txt"))
        handler.setFormatter(logging.Formatter("%(asctime)s|%(levelname)s|%(process)d|%(message)s"))
        self.logger.addHandler(handler)
        self.logger.setLevel(level)
        self.logger.propagate = False

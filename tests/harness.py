"""Runs the real program on real input in a workspace of its own, and finds what it left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BINARY = Path(os.environ.get("BATCHMILL_BIN", ROOT / "build" / "bin" / "batchmill"))
TERMINAL = {"Completed", "Failed", "Canceled"}


@dataclass
class Done:
    """A finished command."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return self.out + self.err


@dataclass
class Process:
    """One line of /proc."""

    pid: int
    parent: int
    command: str


class Workspace:
    """A workspace folder and the program that works in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / ".batchmill"
        self.scratch = folder
        self.folder.parent.mkdir(parents=True, exist_ok=True)

    def run(self, *arguments: str, timeout: float = 180, cwd: Path | None = None,
            env: dict[str, str] | None = None) -> Done:
        """One command, to its end."""
        done = subprocess.run([str(BINARY), *arguments], capture_output=True, text=True, timeout=timeout,
                              cwd=cwd or self.scratch, env=self.environment(env), check=False)
        return Done(done.returncode, done.stdout, done.stderr)

    def environment(self, more: dict[str, str] | None = None) -> dict[str, str]:
        return {**os.environ, "BATCHMILL_WORKSPACE": str(self.folder), "NO_COLOR": "1", **(more or {})}

    def create(self, file: Path, name: str, *more: str, stream: bool = True, **options) -> Done:
        """job create, followed to its end unless stream is False."""
        flags = ["--stream"] if stream else []
        return self.run("job", "create", "-f", str(file), "-n", name, *flags, *more, **options)

    def pipeline(self, text: str, name: str = "pipeline.yml") -> Path:
        """Writes a pipeline file into the scratch folder."""
        file = self.scratch / name
        file.write_text(text)
        return file

    def script(self, text: str, name: str = "entry.py", folder: str = "src") -> Path:
        """Writes a script; returns its folder."""
        code = self.scratch / folder
        code.mkdir(exist_ok=True)
        (code / name).write_text(text)
        return code

    def show(self, name: str) -> dict:
        done = self.run("job", "show", "-n", name, "-o", "json")
        assert done.code == 0, done.text
        return json.loads(done.out)

    def status(self, name: str) -> str:
        return self.run("job", "show", "-n", name, "--query", "status", "-o", "tsv").out.strip()

    def job(self, name: str) -> Path:
        return self.folder / "jobs" / name

    def step(self, job: str, step: str) -> Path:
        return self.job(job) / "steps" / step

    def output(self, job: str, step: str, output: str) -> Path:
        return self.folder / "datastores" / "workspaceblobstore" / "azureml" / f"{job}_{step}" / output

    def wait_until_over(self, name: str, timeout: float = 120) -> str:
        """The final status; names the last one seen when it takes too long."""
        return wait_for(lambda: (s := self.status(name)) in TERMINAL and s, timeout,
                        lambda: f"job {name} is {self.status(name)}; processes: {self.processes()}")

    def processes(self) -> list[Process]:
        """Every living process that belongs to this workspace, whatever its name or session."""
        return [process for process in all_processes() if self._owns(process)]

    def of_kind(self, kind: str) -> list[Process]:
        """Its living supervisors, leaders, agents, spawners or workers."""
        everyone = self.processes()
        return [process for process in everyone if kind_of(process, everyone) == kind]

    def own_cores(self, name: str) -> dict[str, str]:
        """For the environment of a job: its workers share cores with nobody else's."""
        folder = self.scratch / f"cores-{name}"
        folder.mkdir(mode=0o700, parents=True)
        return {"XDG_RUNTIME_DIR": str(folder)}

    def _owns(self, process: Process) -> bool:
        needle = str(self.folder)
        if needle in process.command:
            return True
        for link in ("cwd",):
            try:
                if os.readlink(f"/proc/{process.pid}/{link}").startswith(needle):
                    return True
            except OSError:
                pass
        try:
            return needle.encode() in Path(f"/proc/{process.pid}/environ").read_bytes() and process.pid != os.getpid()
        except OSError:
            return False

    def assert_nothing_left(self, timeout: float = 20) -> None:
        """No process, and no temporary file beside an output."""
        wait_for(lambda: not self.processes(), timeout, lambda: f"still alive: {self.processes()}")
        leftovers = [p for p in (self.folder / "datastores").rglob("*") if p.name.startswith((".temp", "temp_")) or p.suffix == ".tmp"]
        assert not leftovers, f"temporary files: {leftovers}"

    def kill_everything(self) -> None:
        """Cleans up after a test that failed."""
        for _ in range(50):
            processes = self.processes()
            if not processes:
                return
            for process in processes:
                try:
                    os.kill(process.pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            time.sleep(0.05)


def wait_for(condition: Callable[[], object], timeout: float, describe: Callable[[], str]):
    """Polls until the condition holds; fails with the last state seen."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, describe()
        time.sleep(0.05)


def all_processes() -> Iterator[Process]:
    """Every process that is not a zombie."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            stat = (entry / "stat").read_text()
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            continue
        state, parent = stat.rsplit(")", 1)[1].split()[:2]
        if state not in "ZX":
            yield Process(int(entry.name), int(parent), command)


def kind_of(process: Process, everyone: list[Process]) -> str | None:
    """Which part of the process tree this is, by its command line and its place in the tree."""
    words = process.command.split()
    if "--supervise" in words:
        return "supervisor"
    if "leader" in words and "--job" in words:
        return "leader"
    if "node" in words and "--node" in words:
        parents = {p.pid: p for p in everyone}
        parent = parents.get(process.parent)
        return "spawner" if parent and "--node" in parent.command.split() else "agent"
    if "batchmill.worker" in process.command:
        return "worker"
    return None

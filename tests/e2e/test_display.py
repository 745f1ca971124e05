"""The live display on a real terminal (a pty): bar, steady columns, resizing, Ctrl-C; plain lines elsewhere."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from harness import BINARY, Workspace, wait_for
from parallel_pipeline import Step, StepLogs, make_files, open_workspace, write_pipeline
from pty_terminal import Terminal

MINI_BATCHES = 160
SLOW = """
    import os, time
    def init(): pass
    def run(mini_batch):
        time.sleep(0.1)
        if mini_batch[0].endswith("item-30.txt"):
            raise ValueError("one bad mini-batch")
        return [os.path.basename(p) for p in mini_batch]
"""
ERASE = re.compile(r"\r\x1b\[(\d+)A\x1b\[J")
ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def frames(text: str) -> list[list[str]]:
    """The lines of each frame, without colours: what stands between its drawing and its erasure."""
    parts = ERASE.split(text)
    drawn = []
    for part, rows in zip(parts[::2], parts[1::2]):
        lines = ESCAPES.sub("", part).replace("\r\n", "\n").rstrip("\n").split("\n")
        drawn.append(lines[-int(rows):])
    return drawn


def step_lines(drawn: list[list[str]]) -> list[tuple[str, str]]:
    """Header and line of the step, of frames that show counts."""
    return [(lines[0], line) for lines in drawn for line in lines if re.match(rf"score .* \d+/{MINI_BATCHES} ", line)]


class Screen:
    """Just enough of a terminal to say what is left on it: text, wrapping, new lines, cursor up, clearing."""

    def __init__(self, width: int) -> None:
        self.width, self.rows, self.row, self.column = width, [""], 0, 0

    def feed(self, text: str) -> None:
        for token in re.findall(r"\x1b\[[0-9;]*[A-Za-z]|[\s\S]", text):
            if token.startswith("\x1b["):
                self.control(token)
            elif token == "\r":
                self.column = 0
            elif token == "\n":
                self.down()
            else:
                self.put(token)

    def control(self, token: str) -> None:
        if token.endswith("A"):
            self.row = max(0, self.row - int(token[2:-1] or 1))
        elif token.endswith("J"):
            self.rows = [*self.rows[:self.row], self.rows[self.row][:self.column]]

    def down(self) -> None:
        self.row += 1
        while len(self.rows) <= self.row:
            self.rows.append("")

    def put(self, character: str) -> None:
        if self.column == self.width:
            self.column = 0
            self.down()
        line = self.rows[self.row].ljust(self.column)
        self.rows[self.row] = line[:self.column] + character + line[self.column + 1:]
        self.column += 1


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    yield from open_workspace(tmp_path_factory.mktemp("display"))


def terminal_environment(space: Workspace, **more: str) -> dict[str, str]:
    env = {**space.environment(), "TERM": "xterm-256color", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", **more}
    return {name: value for name, value in env.items() if name not in ("COLUMNS", "NO_COLOR")}


@dataclass
class Watched:
    """One run, watched on a terminal that changes its width until Ctrl-C is typed."""

    at_90: str
    at_60: str
    at_120: str
    whole: str
    code: int
    status_after: str
    processes_after: int
    plain: str
    plain_code: int


@pytest.fixture(scope="module")
def pipeline(space: Workspace) -> Path:
    files = make_files(space.scratch / "files", MINI_BATCHES)
    return write_pipeline(space, {"score": Step(SLOW, {"mini_batch_size": 1, "max_concurrency_per_instance": 2})}, files)


@pytest.fixture(scope="module")
def watched(space: Workspace, pipeline: Path) -> Watched:
    terminal = Terminal.start([str(BINARY), "job", "create", "-f", str(pipeline), "-n", "shown", "--stream"],
                              terminal_environment(space), 90)
    terminal.read_for(30, lambda text: bool(step_lines(frames(text))))
    elsewhere = subprocess.Popen([str(BINARY), "job", "stream", "-n", "shown"], stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, text=True, env=terminal_environment(space))
    terminal.read_for(30, lambda text: len(step_lines(frames(text))) >= 15)
    at_90, mark = terminal.text, len(terminal.text)
    terminal.resize(60)
    terminal.read_for(30, lambda text: len(frames(text[mark:])) >= 6)
    at_60, mark = terminal.text[mark:], len(terminal.text)
    terminal.resize(120)
    terminal.read_for(30, lambda text: len(step_lines(frames(text[mark:]))) >= 6)
    at_120 = terminal.text[mark:]
    terminal.type(b"\x03")
    code = terminal.wait()
    status, processes = space.status("shown"), len(space.processes())
    plain, _ = elsewhere.communicate(timeout=60)
    return Watched(at_90, at_60, at_120, terminal.text, code, status, processes, plain, elsewhere.returncode)


def test_the_bar_and_the_counts_grow(watched: Watched) -> None:
    lines = step_lines(frames(watched.at_90))
    assert len(lines) >= 15, watched.at_90
    counts = [int(re.search(rf" (\d+)/{MINI_BATCHES} ", line)[1]) for _, line in lines]
    assert counts == sorted(counts) and counts[0] < counts[-1]
    assert re.search(r"━+", lines[-1][1]) and re.search(r"\d+%", lines[-1][1])
    assert lines[-1][0].split()[:2] == ["step", "batches"]


def test_columns_do_not_move(watched: Watched) -> None:
    for text, fewest in ((watched.at_90, 10), (watched.at_120, 3)):
        lines = step_lines(frames(text)[1:])
        assert len(lines) >= fewest, text
        assert len({header for header, _ in lines}) == 1
        end = lines[0][0].index("batches") + len("batches")
        for header, line in lines:
            assert re.search(rf"\d+/{MINI_BATCHES}$", line[:end]), f"{header!r}\n{line!r}"


@pytest.mark.parametrize(("part", "width"), [("at_90", 90), ("at_60", 60), ("at_120", 120)])
def test_no_line_reaches_the_last_column(watched: Watched, part: str, width: int) -> None:
    drawn = frames(getattr(watched, part))[1:]
    assert len(drawn) >= 3, getattr(watched, part)
    assert max(len(line) for lines in drawn for line in lines) < width


def test_narrow_frames_drop_the_items(watched: Watched) -> None:
    assert any("items" in lines[0] for lines in frames(watched.at_90))
    narrow = frames(watched.at_60)[1:]
    assert all("items" not in lines[0] for lines in narrow)
    assert re.search(rf"\d+/{MINI_BATCHES}", narrow[-1][1])


def test_nothing_of_old_frames_stays_on_the_screen(watched: Watched) -> None:
    screen = Screen(90)
    screen.feed(watched.at_90)
    assert sum(row.startswith("score ") and "/" in row for row in screen.rows) <= 1, screen.rows
    assert sum(row.startswith("step ") for row in screen.rows) <= 1


def test_the_terminal_is_left_as_it_was(watched: Watched) -> None:
    others = {match for match in re.findall(r"\x1b[^\[]|\x1b\[[^A-Za-z]*[A-Za-z]", watched.whole)
              if not re.fullmatch(r"\x1b\[(\d+A|J|[0-9;]*m)", match)}
    assert others == set(), "no hidden cursor, alternate screen or raw mode"


def test_a_new_kind_of_failure_scrolls_above(watched: Watched) -> None:
    text = ESCAPES.sub("", watched.whole)
    assert re.search(r"score: score\.py:7 in run: ValueError: one bad mini-batch \(mini-batch \d+, try 1 of 1\)\r?\n", text)


def test_ctrl_c_stops_the_watching_only(space: Workspace, watched: Watched) -> None:
    assert watched.code == 1
    end = ESCAPES.sub("", watched.whole).replace("\r\n", "\n")
    assert re.search(rf"Stopped watching\. shown goes on: \d+ of {MINI_BATCHES} mini-batches done\.\n"
                     r"  watch again: batchmill job stream -n shown\n"
                     r"  cancel:      batchmill job cancel -n shown\n$", end), end[-500:]
    assert watched.status_after == "Running" and watched.processes_after > 0, "the job goes on"


def test_plain_lines_without_a_terminal(space: Workspace, watched: Watched) -> None:
    assert watched.plain_code == 0, watched.plain
    assert "\x1b" not in watched.plain and "\r" not in watched.plain
    assert re.search(rf"^\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\dZ score: \d+/{MINI_BATCHES} mini-batches, \d+/{MINI_BATCHES} items",
                     watched.plain, re.M), watched.plain
    assert StepLogs(space, "shown", "score").status == "Completed"
    assert len(StepLogs(space, "shown", "score").rows()) == MINI_BATCHES - 1
    space.assert_nothing_left()


@pytest.mark.parametrize(("more", "live"), [({"TERM": "dumb"}, False), ({"BATCHMILL_PROGRESS": "plain"}, False),
                                            ({"BATCHMILL_PROGRESS": "none"}, False), ({}, True)],
                         ids=["dumb", "plain", "none", "live"])
def test_what_decides_the_mode(space: Workspace, pipeline: Path, more: dict[str, str], live: bool) -> None:
    name = "mode_" + "_".join([*more.values(), str(live)]).lower()
    terminal = Terminal.start([str(BINARY), "job", "create", "-f", str(pipeline), "-n", name, "--stream"],
                              terminal_environment(space, **more), 90)
    terminal.read_for(3, lambda text: bool(ERASE.search(text)))
    assert bool(ERASE.search(terminal.text)) == live, terminal.text
    if not live:
        assert "\x1b" not in terminal.text or more.get("TERM") != "dumb"
    assert space.run("job", "cancel", "-n", name).code == 0
    assert terminal.wait() == 1
    space.assert_nothing_left()


def test_json_progress_is_on_stderr(space: Workspace, pipeline: Path) -> None:
    import json

    with subprocess.Popen([str(BINARY), "job", "create", "-f", str(pipeline), "-n", "json", "--stream", "-o", "json"],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env=space.environment({"BATCHMILL_PROGRESS": "json"})) as program:
        wait_for(lambda: space.status("json_score") == "Running", 30, lambda: space.status("json"))
        time.sleep(1.5)
        assert space.run("job", "cancel", "-n", "json").code == 0
        out, err = program.communicate(timeout=30)
    lines = [json.loads(line) for line in err.splitlines() if line.startswith("{")]
    assert lines, err
    counts = [line["mini_batches"]["done"] for line in lines if line.get("step") == "score" and "mini_batches" in line]
    assert counts and counts == sorted(counts), err
    assert {"time", "job", "step", "status", "mini_batches", "items"} <= set(lines[-1])
    assert program.returncode == 1
    space.assert_nothing_left()

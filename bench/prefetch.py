"""What loading ahead gains: a tabular step whose loading and running take equally long.

One worker is driven over the protocol that its agent speaks, with prefetch and without, in turn. run()
does a fixed amount of work, calibrated so that it takes as long as loading a mini-batch: in numpy, as
inference does, or in pure Python, which keeps the interpreter lock. The ideal is a factor of 2, and needs
two idle cores. Measured is the steady state: after a while the worker loads in a process of its own.

Usage: python3 bench/prefetch.py [--quick]
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "python"), str(ROOT / "python" / "tests" / "worker")]

from fake_agent import FakeAgent, write_slice_manifest  # noqa: E402

WARM_SECONDS = 3
SCRIPT = """
import numpy
matrix = numpy.random.default_rng(1).random((120, 120))
def numpy_work(amount):
    for _ in range(amount): matrix @ matrix
def python_work(amount):
    total = 0
    for number in range(500 * amount): total += number * number % 7
def init(): pass
def run(frame):
    {kind}_work({amount})
    return [frame["fare"].sum()]
"""
COLUMNS = [("id", "int"), ("fare", "float"), ("distance", "float"), ("zone", "string"),
           ("when", "datetime"), ("paid", "bool")]
SCHEMA = {"version": 1, "delimiter": ",", "empty_as_string": False,
          "columns": [{"name": name, "type": kind} for name, kind in COLUMNS]}
KINDS = {"numpy": "run() in numpy", "python": "run() in pure Python"}


class Step(NamedTuple):
    """Seconds per mini-batch."""

    elapsed: float  # from the first lease to the last result
    load: float
    run: float


def write_table(agent: FakeAgent, mini_batches: int, rows: int) -> None:
    """Each mini-batch is a file of `rows` rows."""
    rng = random.Random(1)
    slices = []
    for number in range(mini_batches):
        data = "".join(
            f"{number * rows + row},{rng.uniform(3, 80):.2f},{rng.uniform(0, 40):.5f},zone {rng.randrange(260)},"
            f"2026-01-{row % 28 + 1:02d} {row % 24:02d}:{row % 60:02d}:07,{'true' if row % 3 else 'false'}\n"
            for row in range(rows)
        ).encode()
        (agent.inputs / f"{number:03d}.csv").write_bytes(data)
        slices.append((f"{number:03d}.csv", 0, len(data), 1))
    write_slice_manifest(agent.manifest, slices)


def step(mini_batches: int, rows: int, kind: str, amount: int, prefetch: bool) -> Step:
    """One worker, warm."""
    with tempfile.TemporaryDirectory() as folder, FakeAgent(Path(folder)) as agent:
        write_table(agent, mini_batches, rows)
        script = SCRIPT.format(kind=kind, amount=amount)
        answer = agent.start(script, kind="table", schema=SCHEMA, prefetch=prefetch)
        assert answer["type"] == "ready", answer
        warm_until = time.monotonic() + (WARM_SECONDS if prefetch else 0)
        agent.run((0, 1))
        while time.monotonic() < warm_until:
            agent.run((0, mini_batches))
        begin = time.monotonic()
        results = agent.run((0, mini_batches))
        elapsed = time.monotonic() - begin
        assert all(result.status == 0 and result.total == rows for result in results)
        agent.shut_down()
    run = statistics.median(result.run_us for result in results) / 1e6
    load = statistics.median(result.elapsed_us - result.run_us for result in results) / 1e6
    return Step(elapsed / mini_batches, load, run)


def calibrated(mini_batches: int, rows: int, kind: str) -> int:
    """The amount of work that takes as long as loading."""
    amount = 20
    for _ in range(3):
        tried = step(mini_batches, rows, kind, amount, prefetch=False)
        amount = max(1, round(amount * tried.load / tried.run))
    return amount


def table_rows(quick: bool) -> list[tuple[str, str, str]]:
    """Rows of the benchmark's table."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # one core for run(), one for loading
    mini_batches, rows, rounds = (10, 5_000, 1) if quick else (30, 20_000, 3)
    lines = []
    for kind, name in KINDS.items():
        amount = calibrated(mini_batches, rows, kind)
        plain, ahead = [], []
        for _ in range(rounds):  # in turn, so that both see the same machine
            plain.append(step(mini_batches, rows, kind, amount, prefetch=False))
            ahead.append(step(mini_batches, rows, kind, amount, prefetch=True))
        without, with_it = min(plain), min(ahead)
        lines.append((
            f"loading {rows:,} table rows, then {name} as long: without prefetch", f"{without.elapsed * 1e3:.1f} ms",
            f"load {without.load * 1e3:.1f} ms, run {without.run * 1e3:.1f} ms",
        ))
        aim = " (aim 1.7 x)" if kind == "numpy" else ""
        lines.append(("... with prefetch", f"{with_it.elapsed * 1e3:.1f} ms",
                      f"{without.elapsed / with_it.elapsed:.2f} x as fast{aim}"))
    return lines


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="smaller and once, to try the benchmark itself")
    for what, measured, ratio in table_rows(parser.parse_args().quick):
        print(f"{what:80}{measured:>10}   {ratio}")


if __name__ == "__main__":
    main()

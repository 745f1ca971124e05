"""What a mini-batch of one file costs the worker: ``python3 bench_file_loop.py [count]``.

Plays the agent with windows of different sizes: a lease message refills the window at each
wake-up, as the real one does. Prints CPU time of the worker process per mini-batch (the slope
between a small and a large number, so that start and ``init()`` drop out) and, beside it, the
elapsed time with this Python agent on the other core.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import Tuple

sys.path[:0] = [str(Path(__file__).parents[2])]

from batchmill.worker import board  # noqa: E402
from fake_agent import FakeAgent, write_file_manifest  # noqa: E402

SCRIPTS = {
    "run(mini_batch)": "def init(): pass\ndef run(mini_batch): return ['digit 7']\n",
    "run(mini_batch, context)": "def init(): pass\ndef run(batch, context): return ['digit 7']\n",
    "5 files": "def init(): pass\ndef run(mini_batch): return ['digit 7'] * 5\n",
}


def cpu_seconds(pid: int) -> float:
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def drive(agent: FakeAgent, first: int, count: int, window: int) -> Tuple[float, float]:
    """Runs ``count`` mini-batches; returns (worker CPU seconds, elapsed seconds)."""
    words = agent.words
    cpu, begin = cpu_seconds(agent.pid), time.monotonic()
    start = words[board.CONSUMED]
    sent = 0
    while True:
        finished = words[board.FINISHED]
        words[board.CONSUMED] = finished
        done = finished - start
        if done == count:
            break
        room = min(window - (sent - done), count - sent)
        if room > 0:
            agent.lease((first + sent, room))
            sent += room
        words[board.WAKE_WANTED] = 1
        if words[board.FINISHED] == finished:
            agent.pump(1.0)
    return cpu_seconds(agent.pid) - cpu, time.monotonic() - begin


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 400_000
    print(f"{'':28}{'window':>8}{'CPU us':>10}{'elapsed us':>12}")
    for name, script in SCRIPTS.items():
        per_mini_batch = 5 if name == "5 files" else 1
        for window in (2, 16, 256):
            number = count if window > 2 else count // 8
            with tempfile.TemporaryDirectory() as folder, FakeAgent(Path(folder)) as agent:
                names = [
                    b"day-%02d/image-%06d.png" % (i % 30, i) for i in range(per_mini_batch * number)
                ]
                write_file_manifest(agent.manifest, names, per_mini_batch)
                agent.start(script)
                small = drive(agent, 0, number // 10, window)
                large = drive(agent, number // 10, number - number // 10, window)
                agent.shut_down()
            size = number - 2 * (number // 10)
            cpu_us, elapsed_us = ((b - a) / size * 1e6 for a, b in zip(small, large))
            print(f"{name:28}{window:8}{cpu_us:10.2f}{elapsed_us:12.2f}")


if __name__ == "__main__":
    main()

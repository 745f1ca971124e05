"""A small job that a seed chooses, and what must come out of it whatever is killed."""

from __future__ import annotations

import hashlib
import random
import re
from dataclasses import dataclass, field
from pathlib import Path

from harness import Workspace
from parallel_pipeline import Step, StepLogs, write_pipeline

# More than all kills of a job and all passing trouble of one mini-batch use up.
RETRY = {"max_retries": 20, "timeout": 60}

SCRIPT = '''
import hashlib, os, sys, time

MARKS = sys.argv[sys.argv.index("--marks") + 1]
DELAY = float(sys.argv[sys.argv.index("--delay") + 1])

def first_time(name):
    """Whether nobody else has said this of the item, in whatever process and life."""
    try:
        os.close(os.open(os.path.join(MARKS, name), os.O_CREAT | os.O_EXCL))
        return True
    except FileExistsError:
        return False

def init():
    pass

def run(mini_batch):
    rows = []
    for path in mini_batch:
        name = os.path.basename(path)
        with open(path) as file:
            content = file.read()
        habit = content.split()[1]
        if habit == "raises":
            raise ValueError(name + " is bad")
        if habit == "raises_once" and first_time(name):
            raise ValueError(name + " is bad for now")
        if habit == "crashes_once" and first_time(name):
            os._exit(7)
        if habit == "slow_once" and first_time(name):
            time.sleep(3)
        if habit != "returns_nothing":
            rows.append(name + " " + hashlib.sha256(content.encode()).hexdigest())
    time.sleep(DELAY)
    return rows
'''

SUMMARY = '''
import hashlib

def init():
    pass

def run(mini_batch):
    return [hashlib.sha256(open(path, "rb").read()).hexdigest() for path in mini_batch]
'''


@dataclass
class ChaosJob:
    """What to run. Everything comes from the seed."""

    seed: int
    items: int = 0
    mini_batch_size: int = 1
    nodes: int = 1
    workers: int = 1
    delay: float = 0.0
    bisect: bool = False
    speculation: bool = False
    largest_first: bool = False
    rate: float = 0
    count_check: bool = True
    chained: bool = False
    habits: list[str] = field(default_factory=list)

    @classmethod
    def from_seed(cls, seed: int) -> ChaosJob:
        rng = random.Random(seed)
        job = cls(seed, items=rng.randint(20, 240), mini_batch_size=rng.choice([1, 1, 2, 3, 5]),
                  nodes=rng.choice([1, 1, 1, 2, 3]), workers=rng.randint(1, 2),
                  bisect=rng.random() < 0.35,
                  speculation=rng.random() < 0.3, largest_first=rng.random() < 0.2,
                  rate=rng.choice([0, 0, 0, 0, 60]), count_check=rng.random() < 0.7, chained=rng.random() < 0.3)
        trouble = {"raises": rng.choice([0, 0, 0.03]), "raises_once": rng.choice([0, 0.05]),
                   "crashes_once": rng.choice([0, 0, 0.02]), "slow_once": 0.01 if job.speculation else 0,
                   # Where such a return is a failure, only bisection makes the rows of its neighbours certain.
                   "returns_nothing": rng.choice([0, 0.03]) if job.bisect or not job.count_check else 0}
        job.habits = rng.choices([*trouble, "works"], [*trouble.values(), 1 - sum(trouble.values())], k=job.items)
        job.habits[0] = "works"  # at least one row
        seconds = rng.choice([0.5, 1, 2, 3, 4])  # to be shot at
        job.delay = min(0.1, round(seconds * job.nodes * job.workers * job.mini_batch_size / job.items, 4))
        return job

    def describe(self) -> str:
        words = [f"{self.items} items by {self.mini_batch_size}", f"{self.nodes} x {self.workers} workers"]
        words += [f"{self.habits.count(habit)} {habit}" for habit in sorted(set(self.habits) - {"works"})]
        words += [name for name in ("bisect", "speculation", "largest_first", "chained") if getattr(self, name)]
        return ", ".join(words + ([f"{self.rate:g}/s"] if self.rate else []))

    # ---- what is run

    def name_of(self, item: int) -> str:
        return f"item-{item:04}.txt"

    def content_of(self, item: int) -> str:
        return f"{item} {self.habits[item]} {'x' * (item * 7919 % 500)}\n"

    def write(self, space: Workspace) -> Path:
        """Files, scripts and the pipeline; returns the pipeline."""
        folder, marks = space.scratch / "files", space.scratch / "marks"
        folder.mkdir()
        marks.mkdir()
        for item in range(self.items):
            (folder / self.name_of(item)).write_text(self.content_of(item))
        steps = {"hash": self.hash_step(marks)}
        if self.chained:
            steps["summary"] = Step(SUMMARY, {"inputs": {"files": "${{parent.jobs.hash.outputs.rows}}"}}, RETRY)
        return write_pipeline(space, steps, folder)

    def hash_step(self, marks: Path) -> Step:
        keys = {"mini_batch_size": self.mini_batch_size, "max_concurrency_per_instance": self.workers,
                "bisect": self.bisect, "speculation": self.speculation}
        if self.nodes > 1:
            keys["resources"] = {"instance_count": self.nodes}
        if self.largest_first:
            keys["order"] = "largest_first"
        if self.rate:
            keys["max_mini_batches_per_second"] = self.rate
        if not self.count_check:
            keys["error_threshold"] = -1
        return Step(SCRIPT, keys, RETRY, f"--marks {marks} --delay {self.delay}")

    # ---- what must come out

    def is_lost(self, item: int) -> bool:
        """Its row never appears: it fails, or its whole mini-batch does because of a neighbour."""
        if self.habits[item] in ("raises", "returns_nothing"):
            return True
        return not self.bisect and "raises" in self.habits_beside(item)

    def is_failed(self, item: int) -> bool:
        habit = self.habits[item]
        return habit == "raises" or (habit == "returns_nothing" and self.count_check)

    def habits_beside(self, item: int) -> list[str]:
        first = item - item % self.mini_batch_size
        return self.habits[first:first + self.mini_batch_size]

    def expected_rows(self) -> list[str]:
        return [f"{self.name_of(item)} {hashlib.sha256(self.content_of(item).encode()).hexdigest()}"
                for item in range(self.items) if not self.is_lost(item)]

    def check(self, space: Workspace, name: str) -> str:
        """Empty, or what is wrong with a job that is over."""
        status = space.status(name)
        if status != "Completed":
            return f"the job is {status}: {space.run('job', 'show', '-n', name).text}"
        expected = self.expected_rows()
        logs = StepLogs(space, name, "hash")
        rows = logs.rows()
        if rows != expected:
            return (f"{len(rows)} rows instead of {len(expected)}; missing {sorted(set(expected) - set(rows))[:3]}, "
                    f"too many {sorted(set(rows) - set(expected))[:3]}, "
                    f"doubled {sorted({row for row in rows if rows.count(row) > 1})[:3]}")
        return self.check_figures(logs) or self.check_attempts(logs) or self.check_summary(space, name)

    def check_figures(self, logs: StepLogs) -> str:
        firsts = range(0, self.items, self.mini_batch_size)
        failed = sum(any(self.is_failed(item) for item in range(first, min(first + self.mini_batch_size, self.items)))
                     for first in firsts)
        wanted = f"mini-batches  {len(firsts)} total, {len(firsts) - failed} succeeded, {failed} failed"
        found = re.search(r"mini-batches .*?(?=;)", logs.result)
        return "" if found and found[0] == wanted else f"'{found and found[0]}' instead of '{wanted}'"

    def check_attempts(self, logs: StepLogs) -> str:
        """Each mini-batch has attempts; bad items of bisected ones are listed."""
        seen = {int(row["Mini-batch Id"]) for row in logs.attempts()}
        planned = set(range(-(-self.items // self.mini_batch_size)))
        if seen != planned:
            return f"attempts of {sorted(seen ^ planned)[:5]} are missing or too many"
        if self.bisect:
            bad = {self.name_of(item) for item in range(self.items) if self.is_failed(item)}
            listed = {row["Item Name"] for row in logs.failed_items()}
            if listed != bad:
                return f"failed_items.csv lists {sorted(listed)} instead of {sorted(bad)}"
        return ""

    def check_summary(self, space: Workspace, name: str) -> str:
        if not self.chained:
            return ""
        rows = StepLogs(space, name, "summary").rows()
        wanted = [hashlib.sha256((space.output(name, "hash", "rows") / "rows").read_bytes()).hexdigest()]
        return "" if rows == wanted else f"the second step saw {rows} instead of {wanted}"

"""Runs jobs and kills their workers, agents, leaders and supervisors at random moments.

make chaos, or python3 tests/chaos/chaos.py [--jobs 200] [--seed 1] [--at-once 3]. Prints a line per job;
of a job that went wrong also its seed, what was wrong, and the folder, which is kept.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from chaos_job import ChaosJob
from harness import TERMINAL, Workspace, kind_of

# Each may cost a mini-batch a try: fewer than it has, so that bad luck alone fails none.
MOST_STRIKES = 7
# Lives of a leader may end without a commit, but the third in a row ends the job.
MOST_LEADER_KILLS = 2
GIVE_UP_AFTER = 180.0


@dataclass
class Outcome:
    """What became of one job."""

    job: ChaosJob
    seconds: float = 0
    killed: Counter[str] = field(default_factory=Counter)
    wrong: str = ""

    def line(self) -> str:
        kills = " ".join(f"{count} {kind}" for kind, count in sorted(self.killed.items())) or "nothing"
        return f"seed {self.job.seed}: {self.seconds:.1f} s, {self.job.describe()}; killed {kills}"


def kill_some(space: Workspace, rng: random.Random, killed: Counter[str]) -> None:
    """One to three processes at the same moment, or all workers."""
    everyone = space.processes()
    by_kind: dict[str, list[int]] = {}
    for process in everyone:
        if kind := kind_of(process, everyone):
            by_kind.setdefault(kind, []).append(process.pid)
    victims: dict[int, str] = {}
    for kind in rng.choices(["worker", "worker", "agent", "spawner", "leader", "supervisor"], k=rng.choice([1, 1, 1, 2, 3])):
        pids = by_kind.get(kind)
        if not pids or (kind == "leader" and killed["leader"] >= MOST_LEADER_KILLS):
            continue
        victims |= dict.fromkeys(pids if rng.random() < 0.1 else [rng.choice(pids)], kind)
    for pid, kind in victims.items():
        try:
            os.kill(pid, signal.SIGKILL)
            killed[kind] += 1
        except ProcessLookupError:
            pass


def follow(space: Workspace, name: str, rng: random.Random, outcome: Outcome) -> str:
    """Kills until the job is over or there was enough of it; returns the final status."""
    deadline = time.monotonic() + GIVE_UP_AFTER
    strikes = rng.randint(1, MOST_STRIKES)
    while time.monotonic() < deadline:
        status = space.status(name)
        if status in TERMINAL:
            return status
        if status == "NotResponding":  # supervisor and leader died together
            space.run("job", "resume", "-n", name)
        elif strikes > 0:
            kill_some(space, rng, outcome.killed)
            strikes -= 1
        time.sleep(rng.uniform(0.02, 0.4) if strikes > 0 else 0.1)
    return f"{space.status(name)} after {GIVE_UP_AFTER:.0f} s; alive: {space.processes()}"


def run_one(seed: int, folder: Path) -> Outcome:
    """One job in a workspace of its own, to its end, checked."""
    job = ChaosJob.from_seed(seed)
    outcome = Outcome(job)
    space = Workspace(folder)
    start = time.monotonic()
    try:
        created = space.create(job.write(space), "chaos", stream=False, env=space.own_cores("chaos"))
        if created.code != 0:
            outcome.wrong = created.text
            return outcome
        rng = random.Random(f"kills {seed}")
        time.sleep(rng.uniform(0, 0.8))
        status = follow(space, "chaos", rng, outcome)
        if status not in TERMINAL:
            outcome.wrong = status
            return outcome
        outcome.wrong = job.check(space, "chaos")
        if not outcome.wrong:
            space.assert_nothing_left()
    except (AssertionError, OSError) as error:
        outcome.wrong = f"{type(error).__name__}: {error}"
    finally:
        outcome.seconds = time.monotonic() - start
        space.kill_everything()
    return outcome


def run_many(seeds: range, at_once: int, folder: Path, report=print) -> list[Outcome]:
    """What became of each; folders of those that went wrong are kept."""
    outcomes = []
    with ThreadPoolExecutor(at_once) as pool:
        futures = {pool.submit(run_one, seed, folder / f"seed-{seed}"): seed for seed in seeds}
        for done, future in enumerate(as_completed(futures), 1):
            outcome = future.result()
            outcomes.append(outcome)
            report(f"[{done:>3}/{len(seeds)}] {'WRONG' if outcome.wrong else 'ok'} {outcome.line()}")
            if outcome.wrong:
                report(f"    {outcome.wrong}\n    again: make chaos RUNS=1 SEED={outcome.job.seed}; "
                       f"left in {folder / f'seed-{outcome.job.seed}'}")
            else:
                shutil.rmtree(folder / f"seed-{outcome.job.seed}", ignore_errors=True)
    report(f"{len(seeds)} jobs, {wrong_of(outcomes)} wrong; killed {dict(killed_of(outcomes))}")
    return outcomes


def wrong_of(outcomes: list[Outcome]) -> int:
    return sum(bool(outcome.wrong) for outcome in outcomes)


def killed_of(outcomes: list[Outcome]) -> Counter[str]:
    return sum((outcome.killed for outcome in outcomes), Counter())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=3)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="batchmill-chaos-"))
    seeds = range(options.seed, options.seed + options.jobs)
    wrong = wrong_of(run_many(seeds, options.at_once, folder, lambda line: print(line, flush=True)))
    if not wrong:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

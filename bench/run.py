"""Measures Batchmill beside what users have today, in one run on one machine.

Writes a table with ratios to bench/results/latest.md and, with a date, beside it. Speed lives here
and in no test. Usage: make bench, or python3 bench/run.py [--quick] [--folder DIR]
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sqlite3
import subprocess
import tempfile
import time
from datetime import datetime, timezone
from pathlib import Path

import engine
import peers
import prefetch

FORBIDDEN_FILE_SYSTEMS = {"tmpfs", "ramfs"}


def file_system_of(folder: Path) -> str:
    """Type of the file system that holds `folder`."""
    return subprocess.run(["stat", "-f", "-c", "%T", str(folder)], capture_output=True, text=True,
                          check=True).stdout.strip()


def find_seconds(folder: Path) -> float:
    """Best of three of `find DIR -type f`, warm."""
    times = []
    for _ in range(3):
        start = time.monotonic()
        subprocess.run(["find", str(folder), "-type", "f"], stdout=subprocess.DEVNULL, check=True)
        times.append(time.monotonic() - start)
    return min(times)


def planning_rows(folder: Path, count: int) -> list[tuple[str, str, str]]:
    """Listing and planning beside find."""
    find = find_seconds(folder)
    manifest = folder.parent / "manifest"
    times, firsts = [], []
    for _ in range(3):
        shutil.rmtree(manifest, ignore_errors=True)
        start = time.monotonic()
        out = subprocess.run([str(engine.PLAN_FILES), str(folder), str(manifest)], capture_output=True,
                             text=True, check=True).stdout
        times.append(time.monotonic() - start)
        firsts.append(float(out.split()[-2]))
    plan = min(times)
    return [
        (f"`find -type f`, {count:,} files", f"{find:.2f} s", ""),
        ("Batchmill: list, plan, write and sync the manifest", f"{plan:.2f} s",
         f"{plan / find:.2f} x find (budget 2 x)"),
        ("... the first mini-batch could start after", f"{min(firsts):.3f} s", ""),
    ]


def task_rows(work: Path, paths: list[str], few: int, many: int) -> list[tuple[str, str, str]]:
    """Cost per empty mini-batch."""
    rows = []
    pool_cost = {}
    for chunk in (1, 16, 64):
        cost = peers.slope(lambda p, c=chunk: peers.pool(p, c), paths, few, many)
        pool_cost[chunk] = cost
        rows.append((f"`Pool.imap_unordered`, chunk {chunk}", f"{cost * 1e6:.2f} µs", ""))
    rows.append(("joblib", f"{peers.slope(peers.joblib, paths, few, many) * 1e6:.2f} µs", ""))
    dask_many = min(many, 6000)
    rows.append(("Dask", f"{peers.slope(peers.dask, paths, dask_many // 4, dask_many) * 1e6:.0f} µs", ""))

    def measure(count: int) -> float:
        return min(engine.empty_mini_batches(work / "workspace", work / f"files-{count}", f"empty_{count}_{i}")
                   for i in range(3))

    cost = (measure(many) - measure(few)) / (many - few)
    ratio = cost / pool_cost[1]
    rows.insert(0, ("**Batchmill, durable**", f"**{cost * 1e6:.2f} µs**",
                    f"{ratio:.2f} x Pool at chunk 1 (budget 0.25 x and 6 µs)"))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="a tenth of the sizes, to try the benchmark itself")
    parser.add_argument("--folder", type=Path, default=Path(os.environ.get("BATCHMILL_BENCH_DIR", "/var/tmp")))
    args = parser.parse_args()
    few, many, listed = (2_000, 10_000, 50_000) if args.quick else (20_000, 120_000, 1_000_000)

    kind = file_system_of(args.folder)
    if kind in FORBIDDEN_FILE_SYSTEMS:
        raise SystemExit(f"{args.folder} is on {kind}, where nothing is durable; name a folder on a disk with --folder")

    work = Path(tempfile.mkdtemp(prefix="batchmill-bench-", dir=args.folder))
    try:
        paths = engine.make_files(work / f"files-{many}", many)
        engine.make_files(work / f"files-{few}", few)
        rows = task_rows(work, paths, few, many)
        hello = min(engine.hello(work / "workspace", f"hello_{i}") for i in range(5))
        rows.append(("one-command pipeline, `job create --stream` from start to end", f"{hello:.3f} s", "budget 0.25 s"))
        for count in (200, 1_200):
            engine.make_files(work / f"slow-{count}", count)
        efficiency = engine.efficiency_at_20_ms(work / "workspace", work / "slow-200", work / "slow-1200", 1_000)
        rows.append(("efficiency on mini-batches of 20 ms", f"{efficiency:.1%}", "budget 99 %"))
        engine.make_files(work / "many", listed)
        rows += planning_rows(work / "many", listed)
        rows += prefetch.table_rows(args.quick)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    write_results(rows, kind, few, many)


def write_results(rows: list[tuple[str, str, str]], file_system: str, few: int, many: int) -> None:
    """Prints the table and keeps it."""
    now = datetime.now(timezone.utc)
    lines = [
        f"Measured {now:%Y-%m-%d}, {os.cpu_count()} cores, Linux {platform.release()}, Python {platform.python_version()}, "
        f"file system {file_system}, SQLite {sqlite3.sqlite_version} (WAL, synchronous=FULL), 2 workers.",
        f"Cost per empty mini-batch: slope between {few:,} and {many:,} one-file mini-batches, after init.",
        "",
        "| what | measured | ratio |",
        "|---|---|---|",
        *(f"| {a} | {b} | {c} |" for a, b, c in rows),
        "",
    ]
    text = "\n".join(lines)
    print(text)
    results = engine.ROOT / "bench" / "results"
    results.mkdir(exist_ok=True)
    (results / "latest.md").write_text(text)
    (results / f"{now:%Y-%m-%d}.md").write_text(text)


if __name__ == "__main__":
    main()

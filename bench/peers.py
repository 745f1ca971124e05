"""What users have today, doing the same nothing: one call per file, one short text back.

Each function returns the seconds from the first task to the last result, pools already warm.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from multiprocessing import Pool

WORKERS = 2


def task(path: str) -> str:
    """The counterpart of scripts/empty_score.py."""
    return "x"


def pool(paths: list[str], chunk: int) -> float:
    """multiprocessing.Pool.imap_unordered."""
    with Pool(WORKERS) as workers:
        workers.map(task, paths[:WORKERS])
        start = time.monotonic()
        for _ in workers.imap_unordered(task, paths, chunksize=chunk):
            pass
        return time.monotonic() - start


def joblib(paths: list[str]) -> float:
    """joblib.Parallel with its default backend (loky) and automatic batching."""
    from joblib import Parallel, delayed

    with Parallel(n_jobs=WORKERS) as parallel:
        parallel(delayed(task)(path) for path in paths[:WORKERS])
        start = time.monotonic()
        parallel(delayed(task)(path) for path in paths)
        return time.monotonic() - start


def dask(paths: list[str]) -> float:
    """dask.distributed on two local worker processes."""
    from distributed import Client, LocalCluster

    with LocalCluster(n_workers=WORKERS, threads_per_worker=1, dashboard_address=None,
                      silence_logs=50) as cluster, Client(cluster) as client:
        client.gather(client.map(task, paths[:WORKERS], pure=False))
        start = time.monotonic()
        client.gather(client.map(task, paths, pure=False))
        return time.monotonic() - start


def slope(measure: Callable[[list[str]], float], paths: list[str], few: int, many: int) -> float:
    """Seconds per task between two sizes: what starting costs cancels out. Best of two."""
    short = min(measure(paths[:few]) for _ in range(2))
    long = min(measure(paths[:many]) for _ in range(2))
    return (long - short) / (many - few)

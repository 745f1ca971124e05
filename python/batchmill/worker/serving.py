"""Which loop serves which kind of input, and what it is made of (worker.json)."""

from __future__ import annotations

import os
from typing import Any, Callable, Dict, Optional

from batchmill.worker import file_loop, loaded_loop
from batchmill.worker.attempt_failure import FailureReporter
from batchmill.worker.board import Board
from batchmill.worker.contract import Contract
from batchmill.worker.error_log import ErrorLog
from batchmill.worker.error_record import UserCode
from batchmill.worker.json_lines import JsonLinesSource
from batchmill.worker.leases import Leases, ProtocolError
from batchmill.worker.loaders import Loader, PlainLoader, ThreadLoader
from batchmill.worker.manifest import Manifest, prefix_of
from batchmill.worker.messages import Channel
from batchmill.worker.notices import Notices
from batchmill.worker.publisher import Publisher
from batchmill.worker.result_format import ResultFormat
from batchmill.worker.source import FileSource, RankSource, Source
from batchmill.worker.spool import Spool
from batchmill.worker.streaming_loop import StreamingLoop


def serve(
    functions: Contract,
    spec: Dict[str, Any],
    board: Board,
    channel: Channel,
    notices: Notices,
    error_log: ErrorLog,
    user: UserCode,
    spool: Optional[Spool],
) -> None:
    """Works through leases until a shutdown is asked for."""
    failures = FailureReporter(channel, error_log, user, functions.returning)
    leases = Leases(channel)
    spool_path = spool.path if spool is not None else ""
    publisher = Publisher(
        board,
        channel,
        leases,
        spool,
        lambda ticket, error: failures.spool_failed(ticket, spool_path, error),
    )
    source = open_source(spec, user)
    results = ResultFormat(spec.get("append"), spool, notices, source.counts_items)
    name = spec["input"]["name"]
    if functions.streaming is not None:
        StreamingLoop(
            functions,
            functions.streaming,
            spec["streaming"],
            source,
            name,
            board,
            leases,
            publisher,
            results,
            failures,
            notices,
        ).serve()
        return
    run: Callable[..., Any] = functions.run
    if source.has_rows:
        loader = open_loader(spec, board, source)
        if functions.takes_context:
            run = loaded_loop.with_context(run, name, source)
        else:
            run = loaded_loop.without_context(run)
        loop = loaded_loop.LoadedLoop(
            run, board, leases, loader, publisher, results, failures, notices
        )
        os.register_at_fork(after_in_child=loader.abandon)
        loop.serve()
        loader.close()
        return
    if functions.takes_context:
        run = file_loop.with_context(run, name, source.items_before)
    file_loop.serve_files(
        run,
        functions.takes_context,
        board,
        leases,
        source.paths,
        source.prefix,
        publisher,
        results,
        failures,
    )


def open_loader(spec: Dict[str, Any], board: Board, source: Source) -> Loader:
    """For rows: who loads the next mini-batch, and when."""
    if not spec.get("prefetch", True):
        return PlainLoader(board, source)
    if spec["input"]["kind"] == "table":
        from batchmill.worker.table.loader import TableLoader
        from batchmill.worker.table.source import TableSource

        assert isinstance(source, TableSource)
        return TableLoader(board, source, spec["input"]["schema"], spec["code"])
    return ThreadLoader(board, source)


def open_source(spec: Dict[str, Any], user: UserCode) -> Source:
    """The source of mini-batches that worker.json names."""
    described = spec["input"]
    kind = described["kind"]
    manifest = Manifest(described["manifest"])
    prefix = prefix_of(described.get("root") or manifest.root)
    if kind == "files":
        return FileSource(manifest, prefix)
    if kind == "ranks":
        return RankSource()
    if kind == "jsonl":
        return JsonLinesSource(manifest, prefix, user, Manifest(described["manifest"]))
    if kind == "table":
        # Imported here, because they need pandas.
        from batchmill.worker.table import load, row_count, schema
        from batchmill.worker.table.source import TableSource

        counter = row_count.RowCounter(Manifest(described["manifest"]), prefix)
        reader = load.TableReader(schema.from_json(described["schema"]))
        return TableSource(manifest, prefix, user, reader, counter)
    raise ProtocolError(f"unknown kind of input {kind!r}")

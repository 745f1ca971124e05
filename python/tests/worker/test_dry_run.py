"""One mini-batch in the foreground: ``python -m batchmill.worker.dry_run``."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List, NamedTuple

import pytest

from fake_agent import DEADLINE_SECONDS, PACKAGES, FakeAgent, write_file_manifest, write_row_manifest
from test_parts import SCHEMA, table


class Dry(NamedTuple):
    code: int
    out: str
    err: str
    summary: Dict[str, Any]


def prepare(agent: FakeAgent, script: str, **spec: Any) -> List[str]:
    """Writes script and worker.json; returns the command line without the mini-batch."""
    (agent.code / "score.py").write_text(script)
    (agent.folder / "worker.json").write_text(json.dumps(agent.init_message(**spec)["spec"]))
    return [
        sys.executable, "-m", "batchmill.worker.dry_run", "--spec", "worker.json",
        "--node-log", "logs", "--summary", "summary.json", "--mini-batch",
    ]  # fmt: skip


def dry_run(agent: FakeAgent, script: str, mini_batch: int = 0, **spec: Any) -> Dry:
    command = [*prepare(agent, script, **spec), str(mini_batch)]
    environment = {**os.environ, "PYTHONPATH": str(PACKAGES)}
    # Paths are relative to where the user stands, not to the code folder.
    done = subprocess.run(
        command,
        cwd=agent.folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
    )
    path = agent.folder / "summary.json"
    summary = json.loads(path.read_text()) if path.exists() else {}
    return Dry(done.returncode, done.stdout, done.stderr, summary)


def test_a_success_shows_rows_and_times(agent: FakeAgent) -> None:
    write_file_manifest(agent.manifest, [b"a/%d.png" % n for n in range(6)], per_mini_batch=2)
    dry = dry_run(
        agent,
        """
import sys
def init(): print("in init")
def run(b, context): return [f"{context.task_id} {path[-7:]}" for path in b]
def shutdown(): print("closing")
""",
        mini_batch=1,
    )
    assert dry.code == 0, dry.err
    lines = dry.out.splitlines()
    assert [line.split()[0] for line in lines[:7]] == [
        "import", "in", "init", "load", "run", "closing", "shutdown",
    ]  # fmt: skip
    assert lines[3].endswith(" s  2 items: a/2.png, a/3.png")
    assert lines[4].endswith(" s  2 results for 2 items")
    assert lines[-3:] == ["would be appended: 2 rows, 20 bytes", "  1 a/2.png", "  1 a/3.png"]
    summary = dry.summary
    assert summary["error"] is None
    assert (summary["items"], summary["returned"], summary["rows_bytes"]) == (2, 2, 20)
    for name in ("import_s", "init_s", "load_s", "run_s", "shutdown_s"):
        assert 0 <= summary[name] < 60
    assert summary["peak_rss_mb"] > 1 and summary["mini_batch"] == 1
    assert not agent.spool_path.exists()


def test_the_script_finds_what_a_worker_gives_it(agent: FakeAgent) -> None:
    dry = dry_run(
        agent,
        """
import os, sys
from azureml_user.parallel_run import EntryScript
def run(b):
    entry = EntryScript()
    entry.logger.warning("seen")
    return [os.getcwd(), sys.argv[0], sys.argv[3], entry.agent_name, entry.log_dir, sys.path[0]]
""",
        arguments=["--model"],
        count_check=False,
    )
    assert dry.code == 0, dry.err
    shown = [line.strip() for line in dry.out.splitlines()[-6:]]
    log_dir = str(agent.folder / "logs/user/entry_script_log/0")
    code = str(agent.code)
    assert shown == [code, "score.py", "--model", "process000", log_dir, code]
    assert "|seen" in (Path(log_dir) / "process000.log.txt").read_text()
    assert "notice: score.py has no init(); workers start without it" in dry.err


def test_only_the_first_rows_are_shown_then_a_count(agent: FakeAgent) -> None:
    dry = dry_run(
        agent,
        "def init(): pass\ndef run(b): return [{'n': n} for n in range(33)]",
        append={"format": "csv", "to_csv": {"header": True}},
    )
    assert dry.out.splitlines()[-23:] == [
        f"would be appended: 33 rows, {sum(len(str(n)) + 1 for n in range(33))} bytes",
        "  n",
        *(f"  {n}" for n in range(20)),
        "  ... 13 more rows",
    ]


def test_without_append_nothing_is_shown(agent: FakeAgent) -> None:
    dry = dry_run(agent, "def run(b): return b", append=None)
    assert dry.code == 0
    assert "nothing would be appended: the step has no append_row_to" in dry.out


def test_an_exception_is_in_the_summary_and_in_the_error_log(agent: FakeAgent) -> None:
    dry = dry_run(
        agent,
        """
import json
def parse(text):
    try:
        {}["EUR"]
    except KeyError:
        return json.loads(text)
def run(b):
    return [parse("n/a")]
""",
        mini_batch=17,
    )
    assert dry.code == 1
    error = dry.summary["error"]
    assert (error["code"], error["item"], error["place"]["line"]) == (901, "f017", 7)
    assert [frame["function"] for frame in error["frames"] if frame["user"]] == ["run", "parse"]
    assert error["chain"] == []
    assert dry.summary["run_s"] is not None and dry.summary["returned"] is None
    log = (agent.folder / "logs/user/error/0/process000.txt").read_text()
    assert "mini-batch 17, try 1: run()\nTraceback" in log


@pytest.mark.parametrize(
    "script, code, message",
    [
        ("def run(b): pass", 907, "run returned None"),
        (
            "def run(b): return 5",
            905,
            "run returned int, not a list, DataFrame, array, tuple or generator",
        ),
        ("def run(b): return []", 906, "run returned 0 results for 1 items"),
        ("def run(b): raise SystemExit(3)", 912,
         "the script ended its process (exit code 3)"),
        ("def rum(b): return b", 904, "score.py has no function run"),
        ("import nowhere", 926,
         "No module named 'nowhere'"),
        ("def run(b): return b\ndef init(): raise ValueError('no')", 902,
         "no"),
        ("def run(b): return b\ndef shutdown(): raise ValueError('no')", 901,
         "no"),
        ("def run(b): return [", 903, None),
    ],
)  # fmt: skip
def test_what_would_fail_says_so(
    agent: FakeAgent, script: str, code: int, message: str
) -> None:
    dry = dry_run(agent, script)
    assert dry.code == 1
    error = dry.summary["error"]
    assert error["code"] == code
    if message is not None:
        assert error["message"] == message


def test_a_short_return_is_fine_without_the_count_check(agent: FakeAgent) -> None:
    dry = dry_run(agent, "def run(b): return []", count_check=False)
    assert dry.code == 0 and dry.summary["error"] is None


def test_a_load_that_fails_names_the_line(agent: FakeAgent) -> None:
    (agent.inputs / "d.jsonl").write_bytes(b'{"a": 1}\nnonsense\n')
    write_row_manifest(agent.manifest, [("d.jsonl", 0, 18, 0, 2)])
    dry = dry_run(agent, "def run(rows): return rows", kind="jsonl")
    assert dry.code == 1
    error = dry.summary["error"]
    assert (error["item"], error["message"]) == ("d.jsonl:2", "not JSON: Expecting value (column 1)")
    assert (dry.summary["items"], dry.summary["run_s"]) == (2, None)


def test_a_table_with_values_that_do_not_fit(agent: FakeAgent) -> None:
    pytest.importorskip("pandas")
    table(agent, b"1,a\nx,b\n")
    dry = dry_run(agent, "def run(f): return f", 1, kind="table", schema=SCHEMA)
    assert dry.code == 0, dry.err
    assert dry.out.splitlines()[-2:] == ["  1.0 a", "   b"]
    assert (
        "warning: column 'id': 1 values did not fit int and became null; first: 0.csv:2" in dry.err
    )


def test_wrong_calls_end_with_2_and_no_summary(agent: FakeAgent) -> None:
    dry = dry_run(agent, "def run(b): return b", 100)
    assert (dry.code, dry.summary) == (2, {})
    assert dry.err == "batchmill: mini-batch 100 is not in the manifest\n"


def test_breakpoint_works_at_the_users_terminal(agent: FakeAgent) -> None:
    command = [*prepare(agent, "def run(b):\n    breakpoint()\n    return ['row']\n"), "0"]
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command,
        cwd=agent.folder,
        env={**os.environ, "PYTHONPATH": str(PACKAGES), "TERM": "dumb"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""

    def read_until(text: bytes) -> None:
        nonlocal shown
        while text not in shown:
            assert select.select([ours], [], [], DEADLINE_SECONDS)[0], shown
            shown += os.read(ours, 4096)

    read_until(b"(Pdb) ")
    os.write(ours, b"p b[0][-4:]\n")
    read_until(b"'f000'")
    os.write(ours, b"c\n")
    read_until(b"would be appended: 1 row, 4 bytes")
    assert process.wait(DEADLINE_SECONDS) == 0
    os.close(ours)

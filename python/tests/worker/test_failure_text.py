"""Error records as the lines that a terminal shows (messages.md 3.1)."""

from __future__ import annotations

from typing import Any, Dict, List

import pytest

from batchmill.worker import failure_text
from batchmill.worker.error_record import plain

PLACE = {"file": "score.py", "line": 31, "function": "run"}


def record(
    code: int, message: str = "bad", kind: str = "ValueError", **more: Any
) -> Dict[str, Any]:
    return {**plain(code, message, **more), "type": kind}


def frame(file: str, line: int, function: str, text: str = "x()", **more: Any) -> Dict[str, Any]:
    user = not file.startswith("/")
    shown = {"file": file, "line": line, "function": function, "text": text, "user": user, **more}
    return shown if user else {"library": "pandas", **shown}


@pytest.mark.parametrize(
    "told, line",
    [
        (record(901, place=PLACE), "score.py:31 in run: ValueError: bad"),
        (record(901), "ValueError: bad"),
        (record(901, "", place=PLACE), "score.py:31 in run: ValueError"),
        (record(901, "two\nlines", place=PLACE), "score.py:31 in run: ValueError: two ..."),
        (record(901, "x" * 400), "ValueError: " + "x" * 300 + "..."),
        (record(901, "a\x1b[31mb"), "ValueError: a\\x1b[31mb"),
        (record(903, place=PLACE), "score.py:31: ValueError: bad"),
        (record(904, "score.py has no function run", ""), "score.py has no function run"),
        (record(907, "run returned None", "", place=PLACE), "run returned None"),
        (record(912, "it ended", place=PLACE), "score.py:31 in run: it ended"),
        (record(913, "not JSON", item="d.jsonl:3"), "d.jsonl:3: not JSON"),
        (record(914, "9 fields", item="d.csv:3"), "d.csv:3: 9 fields"),
        (record(915, item="d.csv"), "d.csv vanished after it was listed"),
    ],
)
def test_the_first_line(told: Dict[str, Any], line: str) -> None:
    assert failure_text.first_line(told) == line


@pytest.mark.parametrize(
    "frames, lines",
    [
        (
            [frame("score.py", 31, "run"), frame("lib/a_module_with_a_name.py", 8, "parse", "y")],
            ["score.py:31 in run            x()", "lib/a_module_with_a_name.py:8 in parse  y"],
        ),
        (
            [
                frame("score.py", 1, "run", ""),
                *(frame("/u/lib/python3/dist-packages/pandas/c.py", n, "f") for n in range(4)),
            ],
            ["score.py:1 in run", "... 3 frames in pandas", "pandas/c.py:3 in f            x()"],
        ),
        (
            [frame("/usr/lib/python3.11/json/a.py", n, "f", "") for n in range(2)]
            + [frame("score.py", 2, "hook", "", repeated=970, period=1)],
            [
                "json/a.py:0 in f", "json/a.py:1 in f", "score.py:2 in hook",
                "... repeated 970 times",
            ],
        ),
        ([frame("/x/a.py", n, "f", "") for n in range(3)], [f"/x/a.py:{n} in f" for n in range(3)]),
    ],
)  # fmt: skip
def test_stacks(frames: List[Dict[str, Any]], lines: List[str]) -> None:
    assert failure_text.details(record(901, frames=frames))[:-1] == lines


def test_chains_notes_details_and_help() -> None:
    def link(n: int) -> Dict[str, Any]:
        return {"link": "caused by", "type": "E", "message": str(n), "place": PLACE, "frames": []}

    told = record(
        916, "changed", "", item="x", notes=["note"], detail="\n".join(map(str, range(20))),
        chain=[link(n) for n in range(5)], group={"count": 7, "leaves": [link(9)]},
    )  # fmt: skip
    assert failure_text.details(told) == [
        "changed",
        "1 of 7: E: 9 (score.py:31 in run)",
        "caused by E: 0 (score.py:31 in run)",
        "... 2 more",
        "caused by E: 3 (score.py:31 in run)",
        "caused by E: 4 (score.py:31 in run)",
        "note",
        "... 9 lines",
        *map(str, range(9, 20)),
        "help: keep inputs unchanged while a job runs",
    ]

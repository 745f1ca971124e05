"""Records of exceptions, without a worker (docs/formats/error-record.md)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Callable, Dict

import pytest

from batchmill.worker import error_record
from batchmill.worker.error_record import UserCode, from_exception


def record_of(folder: Path, source: str, call: str = "run") -> Dict[str, Any]:
    """The record of what ``call`` of a script in ``folder`` raises."""
    path = folder / "score.py"
    path.write_text(source)
    names: Dict[str, Any] = {"__name__": "score"}
    exec(compile(source, str(path), "exec"), names)
    function: Callable[[], Any] = names[call]
    try:
        function()
    except BaseException as error:
        error.__traceback__ = error.__traceback__.tb_next  # type: ignore[union-attr]
        return from_exception(error, error_record.RUN_RAISED, UserCode(str(folder)))
    raise AssertionError("nothing was raised")


def test_recursion_is_folded(tmp_path: Path) -> None:
    record = record_of(tmp_path, "def run(n=0):\n    return run(n + 1)\n")
    assert record["type"] == "RecursionError"
    (frame,) = record["frames"][-1:]
    assert frame["line"] == 2 and frame["repeated"] > 900 and frame["period"] == 1
    assert len(record["frames"]) <= 3


def test_recursion_through_two_functions_is_folded(tmp_path: Path) -> None:
    record = record_of(tmp_path, "def a(): return b()\ndef b(): return a()\ndef run(): a()\n")
    folded = [frame for frame in record["frames"] if "repeated" in frame]
    assert len(folded) == 1 and folded[0]["period"] == 2 and folded[0]["repeated"] > 400
    assert len(record["frames"]) <= 6


def test_three_equal_frames_are_no_recursion_to_fold(tmp_path: Path) -> None:
    record = record_of(tmp_path, "def run(n=3):\n    if not n: 1 / 0\n    run(n - 1)\n")
    assert [frame["line"] for frame in record["frames"]] == [3, 3, 3, 2]


def test_endless_different_frames_are_cut_in_the_middle(tmp_path: Path) -> None:
    lines = ["def run(): f0()"]
    lines += [f"def f{n}(): f{n + 1}()" for n in range(200)] + ["def f200(): 1 / 0"]
    frames = record_of(tmp_path, "\n".join(lines))["frames"]
    assert len(frames) == error_record.MAX_FRAMES
    assert [frame["omitted"] for frame in frames if "omitted" in frame] == [202 - len(frames)]
    assert frames[0]["function"] == "run" and frames[-1]["function"] == "f200"


def test_chains_name_their_links(tmp_path: Path) -> None:
    record = record_of(tmp_path, """
def low(): raise KeyError('a')
def middle():
    try: low()
    except KeyError as error: raise OSError('b') from error
def run():
    try: middle()
    except OSError: raise ValueError('c')
""")  # fmt: skip
    assert (record["type"], record["message"]) == ("ValueError", "c")
    links = [(link["link"], link["type"], link["place"]["function"]) for link in record["chain"]]
    assert links == [("while handling", "OSError", "middle"), ("caused by", "KeyError", "low")]


def test_a_suppressed_context_is_left_out(tmp_path: Path) -> None:
    record = record_of(tmp_path, """
def run():
    try: {}['a']
    except KeyError: raise ValueError('c') from None
""")  # fmt: skip
    assert record["chain"] == []


def test_library_frames_are_marked_and_the_place_is_the_users(tmp_path: Path) -> None:
    record = record_of(tmp_path, "import json\ndef run(): return json.loads('{')\n")
    assert record["type"] == "json.decoder.JSONDecodeError"
    assert record["place"] == {"file": "score.py", "line": 2, "function": "run"}
    own, *library = record["frames"]
    assert own["user"] and "library" not in own
    assert {frame["library"] for frame in library} == {"json"}
    assert all(frame["file"].startswith("/") and not frame["user"] for frame in library)


def test_packages_installed_below_the_code_are_not_the_users(tmp_path: Path) -> None:
    user = UserCode(str(tmp_path))
    assert user.relative(f"{tmp_path}/lib/a.py") == "lib/a.py"
    assert user.relative(f"{tmp_path}/venv/lib/python3/site-packages/a.py") is None
    assert user.relative(f"{tmp_path}2/a.py") is None


def test_notes_are_kept(tmp_path: Path) -> None:
    record = record_of(tmp_path, """
def run():
    error = ValueError('x')
    error.__notes__ = ['row 7', 5]
    raise error
""")  # fmt: skip
    assert record["notes"] == ["row 7"]


@pytest.mark.skipif(sys.version_info < (3, 11), reason="ExceptionGroup is new in Python 3.11")
def test_groups_show_three_leaves_and_their_number(tmp_path: Path) -> None:
    record = record_of(tmp_path, """
def run():
    inner = ExceptionGroup('in', [KeyError(n) for n in range(3)])
    raise ExceptionGroup('all', [ValueError('a'), inner, OSError('b')])
""")  # fmt: skip
    assert record["type"] == "ExceptionGroup"
    assert record["group"]["count"] == 5
    leaves = [(leaf["type"], leaf["message"]) for leaf in record["group"]["leaves"]]
    assert leaves == [("ValueError", "a"), ("KeyError", "0"), ("KeyError", "1")]


def test_a_cycle_of_causes_ends(tmp_path: Path) -> None:
    record = record_of(tmp_path, """
def run():
    a, b = ValueError('a'), ValueError('b')
    a.__cause__, b.__cause__ = b, a
    raise a
""")  # fmt: skip
    assert [link["message"] for link in record["chain"]] == ["b"]

"""What run() may return (parallel-job.md 3.4) and the rows that come of it (section 6)."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

import pytest

from batchmill.worker import board
from fake_agent import FakeAgent

FRAME = "pandas.DataFrame({'name': ['a', 'b c', 'd\"e'], 'value': [1, 2.5, None]})"


def needs_pandas() -> None:
    pytest.importorskip("pandas")


def returning(expression: str, imports: str = "") -> str:
    return f"{imports}\ndef init(): pass\ndef run(mini_batch): return {expression}\n"


def run_once(agent: FakeAgent, script: str, **spec: Any) -> Any:
    assert agent.start(script, **spec)["type"] == "ready"
    return agent.run((0, 1))[0]


@pytest.mark.parametrize(
    "expression, rows",
    [
        ("['one']", b"one\n"),
        ("('one', 2, 2.5, None)", b"one\n2\n2.5\nNone\n"),
        ("[]", b""),
        ("['']", b"\n"),
        ("['a\\nb']", b"a\nb\n"),
        ("[{'k': 'ü'}]", "{'k': 'ü'}\n".encode()),
        ("(i * i for i in range(3))", b"0\n1\n4\n"),
        ("map(str, range(2))", b"0\n1\n"),
        ("__import__('array').array('i', [3, 4])", b"3\n4\n"),
        ("mini_batch[:0] + [7]", b"7\n"),
        ("['\\udcff\\udc80']", b"\xff\x80\n"),
        ("['\\ud83d lone']", b"\\ud83d lone\n"),
        ("['\\U0001f600']", "\U0001f600\n".encode()),
    ],
)
def test_elements_are_written_as_their_text(agent: FakeAgent, expression: str, rows: bytes) -> None:
    result = run_once(agent, returning(expression))
    assert result.status == board.RUN_DONE
    assert result.data == rows
    assert result.rows == result.succeeded


@pytest.mark.parametrize(
    "expression, rows",
    [
        ("numpy.array([1.5, 2.0])", b"1.5\n2.0\n"),
        ("numpy.array([[1, 2], [3, 4]])", b"[1 2]\n[3 4]\n"),
        ("pandas.Series(['x', 'y'])", b"x\ny\n"),
        (FRAME, b'a 1.0\n"b c" 2.5\n"d""e" \n'),
        (FRAME + ".iloc[:0]", b""),
    ],
)
def test_arrays_and_frames(agent: FakeAgent, expression: str, rows: bytes) -> None:
    needs_pandas()
    result = run_once(agent, returning(expression, "import numpy, pandas"))
    assert result.data == rows
    assert result.rows == result.succeeded


@pytest.mark.parametrize(
    "to_csv, rows, header",
    [
        ({"sep": ",", "header": True}, b"a,1.0\n", b"name,value\n"),
        ({"sep": ";", "header": True, "index": True}, b"0;a;1.0\n", b";name;value\n"),
        ({"header": ["n", "v"]}, b"a 1.0\n", b"n v\n"),
        ({"header": True, "columns": ["value"], "float_format": "%.3f"}, b"1.000\n", b"value\n"),
        (
            {"header": False, "mode": "a", "path_or_buf": "x", "encoding": "utf-16"},
            b"a 1.0\n",
            None,
        ),
    ],
)
def test_to_csv_options_and_the_header_beside_the_spool(
    agent: FakeAgent, to_csv: Dict[str, Any], rows: bytes, header: Any
) -> None:
    needs_pandas()
    script = returning(f"{FRAME}.head(1)", "import pandas")
    append = {"format": "text", "to_csv": to_csv}
    assert run_once(agent, script, append=append).data == rows
    beside = agent.spool_path.with_name("3.header")
    assert (beside.read_bytes() if beside.exists() else None) == header
    assert not list(agent.spool_path.parent.glob("*.tmp"))


@pytest.mark.parametrize(
    "expression, code, message",
    [
        ("None", 907, "run returned None"),
        ("5", 905, "run returned int, not a list, DataFrame, array, tuple or generator"),
        ("'text'", 905, "run returned str, not a list, DataFrame, array, tuple or generator"),
        ("{'a': 1}", 905, "run returned dict, not a list, DataFrame, array, tuple or generator"),
    ],
)
def test_other_values_fail_the_try(
    agent: FakeAgent, expression: str, code: int, message: str
) -> None:
    result = run_once(agent, returning(expression))
    assert (result.status, result.has_error) == (board.RUN_EXCEPTION, 1)
    assert (result.total, result.succeeded, result.rows, result.length) == (1, 0, 0, 0)
    error = agent.errors()[1]
    assert (error["code"], error["message"], error["type"]) == (code, message, "")
    assert error["place"] == {"file": "score.py", "line": 3, "function": "run"}
    assert agent.run((1, 1))[0].ticket == 2


def test_a_generator_that_raises_fails_the_try_at_its_line(agent: FakeAgent) -> None:
    result = run_once(agent, "def run(mini_batch):\n    yield 1\n    raise KeyError('gone')\n")
    assert result.status == board.RUN_EXCEPTION and result.length == 0
    assert agent.errors()[1]["place"] == {"file": "score.py", "line": 3, "function": "run"}


def test_an_element_whose_text_raises_fails_the_try(agent: FakeAgent) -> None:
    result = run_once(
        agent,
        """
class Row:
    def __str__(self): raise ValueError("no text")
def run(mini_batch): return [Row()]
""",
    )
    assert result.status == board.RUN_EXCEPTION
    assert agent.errors()[1]["message"] == "no text"


def notices_after(agent: FakeAgent, script: str, mini_batches: int) -> List[Tuple[int, str]]:
    agent.start(script)
    agent.run((0, mini_batches))
    agent.shut_down()
    return [(notice["code"], notice["text"]) for notice in agent.all_notices()]


def test_a_surplus_is_remarked_once(agent: FakeAgent) -> None:
    notices = notices_after(agent, returning("[1, 2, 3]"), 5)
    assert notices == [(0, "run() returned 3 results for 1 items; all of them count")]


@pytest.mark.parametrize("first", ["frame", "list"])
def test_a_mixture_of_frames_and_lists_is_remarked_once(agent: FakeAgent, first: str) -> None:
    needs_pandas()
    odd, even = ("[1]", "pandas.DataFrame([[1]])")[:: 1 if first == "frame" else -1]
    script = returning(f"{odd} if mini_batch.task_id % 2 else {even}", "import pandas")
    notices = notices_after(agent, script, 6)
    text = "run() returns both DataFrames and lists; each is written in its own format"
    assert notices == [(0, text)]

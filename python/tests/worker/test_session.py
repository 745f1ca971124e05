"""From the start to ready, and the ways not to get there."""

from __future__ import annotations

from typing import Any, Dict

import pytest

from batchmill.worker.session import PROTOCOL_VERSION
from fake_agent import FakeAgent


def failure(agent: FakeAgent, script: str, **spec: Any) -> Dict[str, Any]:
    """Starts a script that must not become ready; returns the answer and checks the exit code."""
    answer = agent.start(script, **spec)
    assert answer["type"] == "init_failed"
    assert agent.exit_code() == 1
    return answer


def test_ready_tells_how_long_init_took(agent: FakeAgent) -> None:
    answer = agent.start("import time\ndef init(): time.sleep(0.05)\ndef run(b): return b\n")
    assert answer["type"] == "ready" and 0.05 <= answer["init_seconds"] < 20
    assert PROTOCOL_VERSION == 1


def test_a_missing_init_is_remarked_and_the_worker_starts(agent: FakeAgent) -> None:
    assert agent.start("def run(mini_batch): return mini_batch")["type"] == "ready"
    text = "score.py has no init(); workers start without it"
    assert agent.all_notices() == [{"code": 6, "text": text}]


@pytest.mark.parametrize(
    "script, row",
    [
        ("def Init(): global x; x = 1\ndef Run(mini_batch): return [x]", b"1\n"),
        ("def run(b): return ['lower']\ndef Run(b): return ['upper']", b"lower\n"),
        ("def run(b, c): return [c.attempt]", b"1\n"),
        ("def run(b, c=None): return [c.attempt]", b"1\n"),
        ("def run(*both): return [len(both)]", b"2\n"),
        ("def run(b, *, more=5): return [more]", b"5\n"),
        ("def run(b, **more): return [len(more)]", b"0\n"),
        ("class M:\n  def go(self, b): return ['bound']\nrun = M().go", b"bound\n"),
        ("class M:\n  def __call__(self, b, c): return [c.task_id]\nrun = M()", b"0\n"),
        ("import functools\nrun = functools.partial(lambda k, b: [k], 'part')", b"part\n"),
        (
            "import functools\ndef f(b, c): return [c.task_id]\n"
            "@functools.wraps(f)\ndef run(*a): return f(*a)",
            b"0\n",
        ),
    ],
)
def test_functions_in_both_spellings_and_with_both_signatures(
    agent: FakeAgent, script: str, row: bytes
) -> None:
    agent.start(script)
    assert agent.run((0, 1))[0].data == row


def test_an_exception_in_init(agent: FakeAgent) -> None:
    answer = failure(
        agent, "def init():\n    raise RuntimeError('no model')\ndef run(b): return b\n"
    )
    assert answer["kind"] == "init"
    error = answer["error"]
    assert (error["code"], error["type"], error["message"]) == (902, "RuntimeError", "no model")
    assert error["place"] == {"file": "score.py", "line": 2, "function": "init"}
    log = agent.error_path.read_text()
    assert " init()\nTraceback (most recent call last):\n" in log
    assert "RuntimeError: no model" in log
    assert "batchmill" not in log


def test_an_exception_while_importing(agent: FakeAgent) -> None:
    answer = failure(agent, "import os\nlimit = int(os.environ['NO_SUCH'])\n")
    assert answer["kind"] == "import"
    error = answer["error"]
    assert (error["code"], error["type"], error["message"]) == (903, "KeyError", "'NO_SUCH'")
    assert error["place"] == {"file": "score.py", "line": 2, "function": "<module>"}
    assert [frame["text"] for frame in error["frames"] if frame["user"]] == [
        "limit = int(os.environ['NO_SUCH'])"
    ]
    assert not any("importlib" in frame["file"] for frame in error["frames"])


def test_a_syntax_error_has_its_own_place(agent: FakeAgent) -> None:
    error = failure(agent, "def run(b):\n    return [b\n")["error"]
    assert (error["code"], error["type"]) == (903, "SyntaxError")
    assert error["place"]["file"] == "score.py" and error["place"]["line"] in (2, 3)
    assert "score.py" not in error["message"]


def test_a_missing_package(agent: FakeAgent) -> None:
    error = failure(agent, "import no_such_package.inner\n")["error"]
    assert (error["code"], error["type"]) == (926, "ModuleNotFoundError")
    assert error["message"] == "No module named 'no_such_package'"
    assert error["place"] == {"file": "score.py", "line": 1, "function": "<module>"}
    assert error["detail"].startswith("python /")


def test_a_missing_module_of_the_users_own_is_no_missing_package(agent: FakeAgent) -> None:
    (agent.code / "lib").mkdir()
    (agent.code / "lib/__init__.py").touch()
    assert failure(agent, "import lib.parse\n")["error"]["code"] == 903


def test_a_missing_script(agent: FakeAgent) -> None:
    error = failure(agent, "pass", entry_script="other.py", code=str(agent.inputs))["error"]
    assert (error["code"], error["type"]) == (903, "FileNotFoundError")


def test_a_missing_code_folder(agent: FakeAgent) -> None:
    error = failure(agent, "pass", code="/no/such/folder")["error"]
    assert error["code"] == 903
    assert (
        error["message"]
        == "cannot enter the code folder /no/such/folder: No such file or directory"
    )


@pytest.mark.parametrize(
    "script, help_text",
    [
        (
            "import os\nfrom os.path import join\ndef init(): pass\ndef rum(b): return b\n",
            "it defines: init, rum\nrename 'rum' to 'run'",
        ),
        (
            "def init(): pass\ndef run_batch(b): return b",
            "it defines: init, run_batch\n" "rename 'run_batch' to 'run'",
        ),
        ("def process(b): return b", "it defines: process"),
        ("run = 5", "it defines no function"),
    ],
)
def test_a_script_without_run(agent: FakeAgent, script: str, help_text: str) -> None:
    answer = failure(agent, script)
    assert answer["kind"] == "no_run"
    assert answer["error"]["code"] == 904
    assert answer["error"]["message"] == "score.py has no function run"
    assert answer["error"]["detail"] == help_text


def test_an_argument_parser_that_exits_shows_what_it_said(agent: FakeAgent) -> None:
    answer = failure(
        agent,
        "import argparse\nargparse.ArgumentParser().parse_args()\ndef run(b): return b\n",
        arguments=["--unknown", "5"],
    )
    error = answer["error"]
    assert (error["type"], error["place"]["line"]) == ("SystemExit", 2)
    assert error["message"] == "the script ended its process (exit code 2)"
    assert "unrecognized arguments: --bf89b5b0_523f_4782_aedc_61bd625ee81a" in error["detail"]


def test_exit_handlers_of_the_script_run_and_the_code_stays_0(agent: FakeAgent) -> None:
    agent.start(
        """
import atexit, os, sys
atexit.register(lambda: open("handler-ran", "w").close())
def init():
    sys.stdout.close()
    os.close(1)
def run(b): return b
"""
    )
    agent.shut_down()
    assert (agent.code / "handler-ran").exists()


def test_a_foreign_message_ends_the_worker(agent: FakeAgent) -> None:
    agent.start("def run(b): return b")
    agent.send({"type": "surprise"})
    assert agent.exit_code() == 1
    assert "unknown message 'surprise'" in agent.stderr()

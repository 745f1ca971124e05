"""What a script finds around it (parallel-job.md 3.5 and 3.6), and what it may do to us."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from batchmill.worker import board, environment, script
from fake_agent import FakeAgent

ECHO = "import os\ndef run(b): return [os.path.basename(path) for path in b]\n"


def test_arguments_are_the_script_the_internal_one_and_the_given(agent: FakeAgent) -> None:
    agent.start(
        "import sys\ndef run(b): return sys.argv\n", arguments=["--model", "/m x", "--flag"]
    )
    rows = agent.run((0, 1))[0].data.decode().split("\n")
    assert rows[0] == "score.py"
    assert rows[1] == "--bf89b5b0_523f_4782_aedc_61bd625ee81a"
    assert json.loads(rows[2]) == {"agent_name": "process007"}
    assert rows[3:] == ["--model", "/m x", "--flag", ""]


def test_a_given_internal_argument_is_kept() -> None:
    given = [environment.INTERNAL_ARGUMENT, "{}"]
    assert environment.arguments("score.py", given, 3) == ["score.py", *given]


def test_folders_modules_and_file_of_a_nested_script(agent: FakeAgent) -> None:
    (agent.code / "src").mkdir()
    (agent.code / "at_root.py").write_text("name = 'root'")
    (agent.code / "src/beside.py").write_text("name = 'beside'")
    (agent.code / "src/relative.py").write_text("name = 'relative'")
    agent.start(
        """
import os, sys
import at_root, beside
from src import relative
from .relative import name
import src.entry
def run(b):
    return [__name__, __file__, os.getcwd(), at_root.name, beside.name, name,
            src.entry.run is run, *sys.path[:2]]
""",
        entry_script="src/entry.py",
    )
    code = str(agent.code)
    assert agent.run((0, 1))[0].data.decode().split("\n") == [
        "src.entry", f"{code}/src/entry.py", code, "root", "beside", "relative", "True",
        code, f"{code}/src", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "entry_script, module, path",
    [
        ("score.py", "score", "score.py"),
        ("./score.py", "score", "score.py"),
        ("src/entry.py", "src.entry", "src/entry.py"),
        ("src/pkg/my-script.py", "src.pkg.my-script", "src/pkg/my-script.py"),
        ("src.entry", "src.entry", "src/entry.py"),
        ("installed.module", "installed.module", None),
        ("missing.py", "missing", "missing.py"),
    ],
)
def test_names_of_scripts(tmp_path: Path, entry_script: str, module: str, path: str) -> None:
    for name in ("score.py", "src/entry.py", "src/pkg/my-script.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = script.locate(str(tmp_path), entry_script)
    assert found.module == module
    assert found.path == (str(tmp_path / path) if path else None)


def test_a_script_may_be_named_like_a_module_of_the_library(agent: FakeAgent) -> None:
    agent.start(
        "import json, traceback, token\ndef run(b): return [token.__file__ == __file__]",
        entry_script="token.py",
    )
    assert agent.run((0, 1))[0].data == b"False\n"


@pytest.mark.parametrize("name", ["queue", "json", "socket", "inspect", "logging", "batchmill_x"])
def test_modules_of_the_script_do_not_become_ours(agent: FakeAgent, name: str) -> None:
    (agent.code / f"{name}.py").write_text("raise RuntimeError('imported by the engine')")
    agent.start(ECHO)
    assert agent.run((0, 1))[0].data == b"f000\n"


def test_a_script_with_an_encoding_comment(agent: FakeAgent) -> None:
    agent.start("# -*- coding: latin-1 -*-\ndef run(b): return ['\udce9']\n")
    assert agent.run((0, 1))[0].data == "é\n".encode()


def test_no_variable_of_ours_is_left(agent: FakeAgent) -> None:
    agent.start(
        "import os\ndef run(b): return [k for k in os.environ if k.startswith('BATCHMILL')]"
    )
    assert agent.run((0, 1))[0].data == b""


def test_entry_script_is_one_object_that_knows_the_worker(agent: FakeAgent) -> None:
    agent.start(
        """
from azureml_user.parallel_run import EntryScript
def init():
    global entry
    entry = EntryScript()
def run(b):
    entry.logger.info("seen %s", "ü\\udcff")
    entry.logger.debug("hidden")
    return [entry is EntryScript(), entry.agent_name, entry.node_id, entry.log_dir,
            entry.output_dir, entry.working_dir]
"""
    )
    assert not (agent.logs / "user/entry_script_log").exists()
    rows = agent.run((0, 1))[0].data.decode().split("\n")
    log_dir = agent.logs / "user/entry_script_log/0"
    out, code = str(agent.folder / "out"), str(agent.code)
    assert rows == ["True", "process007", "0", str(log_dir), out, code, ""]
    log = (log_dir / "process007.log.txt").read_text()
    assert log.endswith("|seen ü\\udcff\n") and "hidden" not in log
    assert "seen" not in agent.stdout()


def test_entry_script_can_be_used_outside_a_worker() -> None:
    from azureml_user.parallel_run import EntryScript

    assert EntryScript() is EntryScript()
    assert isinstance(EntryScript().logger, logging.Logger)


@pytest.mark.parametrize("level, seen", [("DEBUG", "dwi"), ("INFO", "wi"), ("WARNING", "w")])
def test_logging_goes_to_stdout_at_the_steps_level(agent: FakeAgent, level: str, seen: str) -> None:
    agent.start(
        """
import logging
logging.basicConfig(level=logging.ERROR)
def run(b):
    logging.debug("a-d"); logging.getLogger("x").warning("a-w"); logging.info("a-i")
    return b
""",
        logging_level=level,
    )
    agent.run((0, 1))
    assert [line[-1] for line in agent.stdout().splitlines() if "|a-" in line] == list(seen)


def test_prints_are_in_the_file_when_the_result_is_there(agent: FakeAgent) -> None:
    agent.start(
        """
import os, subprocess, sys
def run(b):
    print("ü \\udcff", b[0][-3:]); print("err", file=sys.stderr)
    os.system("echo child")
    return b
"""
    )
    agent.run((0, 2))
    assert agent.stdout() == "ü \\udcff 000\nchild\nü \\udcff 001\nchild\n"
    assert agent.stderr() == "err\nerr\n"


def test_a_script_may_close_and_redirect_what_is_its_own(agent: FakeAgent) -> None:
    agent.start(
        """
import os, sys
def init():
    os.closerange(3, 64)
    os.close(0); os.close(1); os.dup2(os.open("/dev/null", os.O_RDWR), 2)
    sys.stdout = None
def run(b): return b[0][-3:].split()
"""
    )
    results = agent.run((0, 50))
    assert [r.data for r in results] == [b"%03d\n" % n for n in range(50)]
    agent.shut_down()


def test_descriptors_are_not_inherited_by_programs(agent: FakeAgent) -> None:
    agent.start(
        """
import subprocess
def run(b): return subprocess.run(["ls", "/proc/self/fd"], stdout=-1, close_fds=False,
                                  text=True).stdout.split()
"""
    )
    descriptors = agent.run((0, 1))[0].data.decode().split()
    assert [d for d in descriptors if int(d) > 3] == []


def test_a_forked_child_that_returns_from_run_is_not_a_second_worker(agent: FakeAgent) -> None:
    agent.start(
        """
import os, sys
children = []
def run(b):
    number = b.task_id
    child = os.fork()
    if child == 0:
        if number == 0: return ["child"]
        if number == 1: sys.exit(7)
        if number == 2: raise ValueError("in the child")
        os._exit(5)
    return [os.WEXITSTATUS(os.waitpid(child, 0)[1])]
"""
    )
    results = agent.run((0, 4))
    assert [r.data for r in results] == [b"0\n", b"7\n", b"1\n", b"5\n"]
    assert agent.published() == 4 and not agent.errors()
    assert "ValueError: in the child" in agent.stderr()


def test_multiprocessing_works_in_a_script(agent: FakeAgent) -> None:
    agent.start(
        """
import multiprocessing
def square(x): return x * x
def run(b):
    rows = []
    for method in ("fork", "spawn"):
        with multiprocessing.get_context(method).Pool(2) as pool:
            rows += pool.map(square, [2, 3])
    return rows
"""
    )
    result = agent.run((0, 1))[0]
    assert result.status == board.RUN_DONE
    assert result.data == b"4\n9\n4\n9\n"

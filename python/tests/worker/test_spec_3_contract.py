"""The entry-script contract, row by row of its tables (parallel-job.md 3.1 to 3.6).

What needs more than a row has a file of its own: results (test_results), failures (test_failures),
the surroundings (test_script_environment), streaming (test_spec_3_7_streaming).
"""

from __future__ import annotations

import json
from typing import Any, Dict, List

import pytest

from batchmill.worker import board
from fake_agent import FakeAgent, write_file_manifest, write_rank_manifest
from test_json_lines import lines, rows
from test_parts import SCHEMA, table


def shown(agent: FakeAgent, mini_batch: int = 0, attempt: int = 1) -> List[str]:
    """The rows of one mini-batch."""
    result = agent.run((mini_batch, 1), attempt=attempt)[0]
    assert result.status == board.RUN_DONE, agent.errors()
    return result.data.decode().splitlines()


# ---- 3.1 functions -------------------------------------------------------------------------------

RECORDER = """
import os
calls = []
def {init}(): calls.append("init")
def {run}(mini_batch):
    calls.append("run %d" % mini_batch.task_id)
    return [" ".join(calls)]
def {shutdown}():
    calls.append("shutdown")
    open("calls", "w").write(" ".join(calls))
"""


@pytest.mark.parametrize("spell", [str.lower, str.capitalize])
def test_spec_3_1_each_function_is_called_once_per_process_and_run_per_attempt(
    agent: FakeAgent, spell: Any
) -> None:
    names = {name: spell(name) for name in ("init", "run", "shutdown")}
    agent.start(RECORDER.format(**names))
    assert shown(agent, 3) == ["init run 3"]
    assert shown(agent, 3, attempt=2) == ["init run 3 run 3"]
    agent.run((7, 1))
    agent.shut_down()
    assert (agent.code / "calls").read_text() == "init run 3 run 3 run 7 shutdown"


def test_spec_3_1_shutdown_runs_also_when_there_was_no_mini_batch(agent: FakeAgent) -> None:
    agent.start(RECORDER.format(init="init", run="run", shutdown="shutdown"))
    agent.shut_down()
    assert (agent.code / "calls").read_text() == "init shutdown"


def test_spec_3_1_init_has_ended_before_ready_and_is_not_called_again_after_a_failure(
    agent: FakeAgent,
) -> None:
    agent.start(
        """
count = 0
def init():
    global count
    count += 1
def run(b):
    if b.task_id == 1: raise ValueError
    return [count]
"""
    )
    results = agent.run((0, 3))
    assert [r.data for r in results] == [b"1\n", b"", b"1\n"]


def test_spec_3_1_a_missing_run_is_an_error_and_a_missing_init_a_notice(agent: FakeAgent) -> None:
    assert agent.start("def run(b): return b")["type"] == "ready"
    assert [notice["code"] for notice in agent.all_notices()] == [6]


@pytest.mark.parametrize(
    "signature, arguments",
    [
        ("mini_batch", 1),
        ("mini_batch, mini_batch_context", 2),
        ("mini_batch, context=None", 2),
        ("*arguments", 2),
        ("mini_batch, *, option=1", 1),
        ("mini_batch, **options", 1),
        ("mini_batch, context, /", 2),
    ],
)
def test_spec_3_1_the_context_is_passed_to_those_who_take_it(
    agent: FakeAgent, signature: str, arguments: int
) -> None:
    agent.start(
        f"""
import sys
def run({signature}):
    values = [v for v in locals().values() if v is not None]
    flat = [x for v in values for x in (v if type(v) is tuple else [v])]
    return [sum(type(x).__name__ in ("MiniBatch", "MiniBatchContext") for x in flat)]
"""
    )
    assert shown(agent) == [str(arguments)]


@pytest.mark.parametrize("kind", ["files", "table", "jsonl", "ranks"])
def test_spec_3_1_the_context_is_passed_for_every_kind_of_input(
    agent: FakeAgent, kind: str
) -> None:
    spec: Dict[str, Any] = {"kind": kind}
    if kind == "table":
        pytest.importorskip("pandas")
        table(agent, b"1,a\n")
        spec["schema"] = SCHEMA
    elif kind == "jsonl":
        rows(agent, (lines(1, 2), 2), per_mini_batch=1)
    elif kind == "ranks":
        write_rank_manifest(agent.manifest, 2)
    agent.start("def run(b, context): return [context.minibatch_index]", **spec)
    assert shown(agent, 1) == ["1"]


# ---- 3.2 mini_batch ------------------------------------------------------------------------------


def test_spec_3_2_files_are_a_list_of_paths_with_task_id(agent: FakeAgent) -> None:
    write_file_manifest(agent.manifest, [b"a", b"b"], per_mini_batch=2)
    agent.start(
        "def run(b): return [isinstance(b, list), str(b.task_id) == '0', *map(type, b), *b]",
        count_check=False,
    )
    root = agent.inputs
    assert shown(agent) == ["True", "True", *["<class 'str'>"] * 2, f"{root}/a", f"{root}/b"]


def test_spec_3_2_tables_are_data_frames(agent: FakeAgent) -> None:
    pytest.importorskip("pandas")
    table(agent, b"1,a\n2,b\n")
    agent.start("def run(b): return [type(b), list(b.columns)]", kind="table", schema=SCHEMA)
    assert shown(agent, 1) == ["<class 'pandas.core.frame.DataFrame'>", "['id', 'zone']"]


def test_spec_3_2_json_lines_are_a_list_of_dict(agent: FakeAgent) -> None:
    rows(agent, (lines({"a": 1}, {"a": 2}), 2))
    agent.start(
        "def run(b): return [isinstance(b, list) and [type(r) for r in b] == [dict, dict]]",
        kind="jsonl",
    )
    assert shown(agent) == ["True"]


def test_spec_3_2_ranks_are_an_empty_list(agent: FakeAgent) -> None:
    write_rank_manifest(agent.manifest, 3)
    agent.start("def run(b): return [isinstance(b, list), len(b), b.task_id]", kind="ranks")
    assert shown(agent, 2) == ["True", "0", "2"]


# ---- 3.3 mini_batch_context ----------------------------------------------------------------------


def test_spec_3_3_attributes_of_the_context_of_files(agent: FakeAgent) -> None:
    pytest.importorskip("pandas")
    write_file_manifest(agent.manifest, [b"%d" % n for n in range(9)], per_mini_batch=3)
    agent.start(
        """
def run(b, c):
    frame = c.dataset.to_pandas_dataframe()
    return [c.partition_key_value, c.dataset.paths == b, list(frame["Path"]) == b,
            {c.minibatch_index: 1}, c.global_row_index_lower_bound, c.task_id, c.input_name,
            c.attempt]
"""
    )
    assert shown(agent, 2, attempt=3) == ["None", "True", "True", "{2: 1}", "6", "2", "images", "3"]


def test_spec_3_3_the_index_stays_the_same_over_tries(agent: FakeAgent) -> None:
    agent.start("def run(b, c): return [c.minibatch_index, c.attempt]")
    assert [shown(agent, 5, attempt=n) for n in (1, 2)] == [["5", "1"], ["5", "2"]]


def test_spec_3_3_row_i_of_the_mini_batch_is_base_plus_i(agent: FakeAgent) -> None:
    rows(agent, (lines(*range(5)), 5), (lines(*range(5, 8)), 3), per_mini_batch=2)
    agent.start(
        "def run(b, c): return [c.global_row_index_lower_bound + i - v for i, v in enumerate(b)]",
        kind="jsonl",
    )
    assert [line for n in range(5) for line in shown(agent, n)] == ["0"] * 8


def test_spec_3_3_a_script_may_keep_attributes_of_its_own_in_the_context(agent: FakeAgent) -> None:
    agent.start("def run(b, c):\n    c.mine = b.mine = 1\n    return [c.mine + b.mine]")
    assert shown(agent) == ["2"]


# ---- 3.4 return value ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "expression, succeeded, text",
    [
        ("pandas.DataFrame({'a': [1, 2], 'b': ['x y', 3]})", 2, '1 "x y"\n2 3\n'),
        ("['a', 2]", 2, "a\n2\n"),
        ("('a', 2)", 2, "a\n2\n"),
        ("[]", 0, ""),
        ("numpy.array([1, 2])", 2, "1\n2\n"),
        ("pandas.Series(['x', 'y'])", 2, "x\ny\n"),
        ("(n for n in 'ab')", 2, "a\nb\n"),
        ("list('abcd')", 4, "a\nb\nc\nd\n"),
    ],
)
def test_spec_3_4_what_counts_and_what_is_appended(
    agent: FakeAgent, expression: str, succeeded: int, text: str
) -> None:
    pytest.importorskip("pandas")
    write_file_manifest(agent.manifest, [b"a", b"b"], per_mini_batch=2)
    agent.start(f"import numpy, pandas\ndef run(b): return {expression}")
    result = agent.run((0, 1))[0]
    assert (result.status, result.total, result.succeeded) == (board.RUN_DONE, 2, succeeded)
    assert result.data.decode() == text


@pytest.mark.parametrize(
    "expression, code", [("None", 907), ("'text'", 905), ("{}", 905), ("7", 905)]
)
def test_spec_3_4_what_fails_the_attempt(agent: FakeAgent, expression: str, code: int) -> None:
    agent.start(f"def run(b): return {expression}")
    assert agent.run((0, 1))[0].status == board.RUN_EXCEPTION
    assert agent.errors()[1]["code"] == code


def test_spec_3_4_a_generator_runs_inside_the_timed_region(agent: FakeAgent) -> None:
    agent.start("import time\ndef run(b):\n    time.sleep(0.05)\n    yield True")
    assert agent.run((0, 1))[0].run_us >= 50_000


# ---- 3.5 EntryScript -----------------------------------------------------------------------------


def test_spec_3_5_attributes_of_the_entry_script(agent: FakeAgent) -> None:
    agent.start(
        """
import logging, os
from azureml_user.parallel_run import EntryScript
def init():
    global first
    first = EntryScript()
def run(b):
    entry = EntryScript()
    return [entry is first, isinstance(entry.logger, logging.Logger), entry.log_dir,
            entry.agent_name, entry.output_dir, entry.working_dir == os.getcwd(), entry.node_id]
"""
    )
    log_dir = agent.logs / "user/entry_script_log/0"
    out = str(agent.folder / "out")
    assert shown(agent) == ["True", "True", str(log_dir), "process007", out, "True", "0"]


def test_spec_3_5_a_script_may_write_into_log_dir_at_once(agent: FakeAgent) -> None:
    agent.start(
        """
from azureml_user.parallel_run import EntryScript
def init(): open(EntryScript().log_dir + "/mine.txt", "w").write("x")
def run(b): return b
"""
    )
    assert (agent.logs / "user/entry_script_log/0/mine.txt").read_text() == "x"


@pytest.mark.parametrize("level, seen", [("DEBUG", "dwi"), ("INFO", "wi"), ("WARNING", "w")])
def test_spec_3_5_the_logger_has_the_steps_level(agent: FakeAgent, level: str, seen: str) -> None:
    agent.start(
        """
from azureml_user.parallel_run import EntryScript
def init():
    log = EntryScript().logger
    log.debug("d"); log.warning("w"); log.info("i")
def run(b): return b
""",
        logging_level=level,
    )
    text = (agent.logs / "user/entry_script_log/0/process007.log.txt").read_text()
    assert [line[-1] for line in text.splitlines()] == list(seen)
    assert agent.stdout() == ""


# ---- 3.6 process environment ---------------------------------------------------------------------


def test_spec_3_6_cwd_is_the_writable_root_of_the_code(agent: FakeAgent) -> None:
    agent.start(
        """
import os, pathlib
def init(): pathlib.Path("made-here").touch()
def run(b): return [os.getcwd()]
"""
    )
    assert shown(agent) == [str(agent.code)]
    assert (agent.code / "made-here").exists()


def test_spec_3_6_path_file_and_module_of_a_nested_script(agent: FakeAgent) -> None:
    (agent.code / "src").mkdir()
    (agent.code / "src/sibling.txt").write_text("s")
    agent.start(
        """
import os, sys
def run(b):
    return [sys.path[0], sys.path[1], __name__, open(os.path.dirname(__file__) + "/sibling.txt").read()]
""",
        entry_script="src/entry.py",
    )
    assert shown(agent) == [str(agent.code), f"{agent.code}/src", "src.entry", "s"]


def test_spec_3_6_prints_and_root_logging_go_to_stdout_and_children_inherit_it(
    agent: FakeAgent,
) -> None:
    agent.start(
        """
import logging, os, sys
def run(b):
    print("printed"); logging.info("logged"); logging.debug("hidden")
    os.system("echo from a child; echo child error >&2")
    print("error", file=sys.stderr)
    return b
"""
    )
    agent.run((0, 1))
    first, second, third = agent.stdout().splitlines()
    assert (first, second.rpartition("|")[2], third) == ("printed", "logged", "from a child")
    assert agent.stderr() == "child error\nerror\n"


def test_spec_3_6_variables_are_those_of_the_agent(
    agent: FakeAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {
        "CUDA_VISIBLE_DEVICES": "3",
        "AZ_BATCHAI_GPU_COUNT_FOUND": "4",
        "AZUREML_BI_OUTPUT_PATH": "/out",
        "AZUREML_CR_COMPUTE_CONTEXT": '{"node_id": "0"}',
        "OF_THE_STEP": "ü = x",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    agent.start(
        f"""
import json, os
def run(b): return [json.dumps({{name: os.environ[name] for name in {list(given)}}})]
"""
    )
    assert json.loads(shown(agent)[0]) == given


def test_spec_3_6_arguments_reach_the_script_unparsed(agent: FakeAgent) -> None:
    given = ["--model", "/m x", "--logging_level", "DEBUG", "--error_threshold", "-1", ""]
    agent.start(
        """
import argparse, json, sys
parser = argparse.ArgumentParser(allow_abbrev=False)
parser.add_argument("--model")
known, rest = parser.parse_known_args()
def run(b): return [json.dumps([known.model, rest[2:], sys.argv[0]])]
""",
        arguments=given,
    )
    assert json.loads(shown(agent)[0]) == ["/m x", given[2:], "score.py"]


def test_spec_3_6_only_the_standard_library_is_needed(agent: FakeAgent) -> None:
    for module in ("pandas", "numpy", "pkg_resources", "setuptools", "yaml"):
        (agent.code / f"{module}.py").write_text("raise ImportError('not here')")
    agent.start("def run(b): return ['fine']")
    assert shown(agent) == ["fine"]


def test_spec_3_6_native_crashes_leave_python_stacks(agent: FakeAgent) -> None:
    agent.start("import ctypes\ndef run(b): ctypes.string_at(0)")
    agent.lease((0, 1))
    assert agent.exit_code() < 0
    assert "Fatal Python error: Segmentation fault" in agent.stderr()
    assert f'File "{agent.code}/score.py", line 2 in run' in agent.stderr()

"""Settings of a parallel step: keys, arguments, what scripts see of them and what is said about them.

Those that choose the kind of input, its cuts and its order are in test_kinds.py, bisection in test_logs.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import Done, Workspace
from parallel_pipeline import Step, StepLogs, make_files, open_workspace, write_pipeline

FILES = 8
NAMES = [f"item-{index}.txt" for index in range(FILES)]

NAMES_SCRIPT = """
    import os
    def init(): pass
    def run(mini_batch):
        return [os.path.basename(p) for p in mini_batch]
"""

FRAME_SCRIPT = """
    import os
    import pandas
    def init(): pass
    def run(mini_batch):
        return pandas.DataFrame({"name": [os.path.basename(p) for p in mini_batch], "text": "a, b"})
"""

STEPS = {
    "argv": Step("""
        import argparse, json, sys
        def init(): pass
        def run(mini_batch):
            parser = argparse.ArgumentParser(allow_abbrev=False)
            parser.add_argument("--mine")
            return [json.dumps({"argv": sys.argv[1:], "mine": parser.parse_known_args()[0].mine})] * len(mini_batch)
    """, arguments="--mine 'two words' --error_threshold 3", keys={"logging_level": "DEBUG"}),
    "precedence": Step(NAMES_SCRIPT, keys={"error_threshold": 7, "mini_batch_error_threshold": 5},
                       arguments="--error_threshold 9 --resource_monitor_interva 0"),
    "summary": Step(NAMES_SCRIPT, arguments="--output_action summary_only"),
    "csv": Step(FRAME_SCRIPT, keys={"append_row_format": "csv"}),
    "csv_without_header": Step(FRAME_SCRIPT, keys={"append_row_format": "csv"},
                               arguments="--append_row_dataframe_header False"),
    "json_lines": Step(FRAME_SCRIPT, keys={"append_row_format": "jsonl", "append_row_provenance": True}),
    "streaming": Step("""
        import os
        WAITING = {}
        def init(): pass
        def enqueue(mini_batch, mini_batch_context):
            WAITING[mini_batch_context.minibatch_index] = (list(mini_batch), mini_batch_context)
        def get_processing_batch_number():
            return len(WAITING)
        def get_finished_batch_result():
            done = {index: {"ret": [os.path.basename(p) for p in batch], "mini_batch_context": context,
                            "exception": None} for index, (batch, context) in WAITING.items()}
            WAITING.clear()
            return done
        def check_all_tasks_processed():
            return not WAITING
        def run(mini_batch):
            raise AssertionError("run() is not called")
    """, keys={"async_mode": True, "async_window": 3}),
    "profiled": Step(NAMES_SCRIPT, keys={"profiling_module": "cProfile"}),
    "copied": Step(NAMES_SCRIPT, keys={"copy_logs_to_parent": True, "resource_monitor_interval": 1}),
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    yield from open_workspace(tmp_path_factory.mktemp("settings"))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_files(tmp_path_factory.mktemp("data") / "files", FILES)


@pytest.fixture(scope="module")
def job(workspace: Workspace, files: Path) -> Done:
    return workspace.create(write_pipeline(workspace, STEPS, files), "all")


@pytest.fixture
def logs(workspace: Workspace, job: Done):
    def of(step: str) -> StepLogs:
        assert workspace.status(f"all_{step}") == "Completed", job.text
        return StepLogs(workspace, "all", step)
    return of


def settings_of(workspace: Workspace, step: str) -> dict[str, dict]:
    done = workspace.run("job", "show", "-n", f"all_{step}", "--settings", "-o", "json")
    assert done.code == 0, done.text
    return {entry["name"]: entry for entry in json.loads(done.out)}


def test_spec_2_2_scripts_see_the_generated_arguments_before_their_own(logs, files: Path) -> None:
    row = json.loads(logs("argv").rows()[0])
    argv = row["argv"]
    assert row["mine"] == "two words"
    pairs = dict(zip(argv[:-4:2], argv[1:-4:2], strict=True))
    assert pairs["--scoring_module_name"] == "argv.py"
    assert pairs["--mini_batch_size"] == "2"
    assert pairs["--error_threshold"] == "3"
    assert pairs["--logging_level"] == "DEBUG"
    assert pairs["--run_max_try"] == "1"
    assert pairs["--process_count_per_node"] == "1"
    assert pairs["--output_action"] == "append_row"
    assert pairs["--input_fds_0"] == pairs["--input_asset_files"] == str(files)
    assert pairs["--output_uri_file"].endswith("/rows")
    assert argv[-4:] == ["--mine", "two words", "--error_threshold", "3"]


def test_spec_2_2_an_argument_wins_over_a_key(workspace: Workspace, logs) -> None:
    logs("precedence")
    settings = settings_of(workspace, "precedence")
    assert (settings["error_threshold"]["value"], settings["error_threshold"]["origin"]) == ("9", "argument")
    assert (settings["mini_batch_error_threshold"]["value"],
            settings["mini_batch_error_threshold"]["origin"]) == ("5", "node")
    assert settings["retry_settings.timeout"] | {"step": ""} == {
        "step": "", "name": "retry_settings.timeout", "value": "60", "origin": "default", "place": ""}
    assert settings["error_threshold"]["place"].split(":")[0].endswith("pipeline.yml")


def test_spec_2_4_a_misspelt_argument_counts(workspace: Workspace, logs) -> None:
    logs("precedence")
    assert settings_of(workspace, "precedence")["resource_monitor_interval"]["value"] == "0"


def test_effective_settings_stand_at_the_head_of_the_overview(logs) -> None:
    overview = next(logs("precedence").folder.glob("job_progress_overview.*.txt")).read_text()
    assert "Setting error_threshold: 9 (argument, " in overview
    assert "Setting retry_settings.timeout: 60 (default)" in overview
    assert overview.index("Setting") < overview.index("Scheduling finished")


def test_summary_only_wins_over_append_row_to(logs) -> None:
    assert not logs("summary").has_rows()
    assert f"{FILES} returned, not appended" in logs("summary").result


def test_spec_6_csv_has_commas_quotes_and_a_header(logs) -> None:
    assert logs("csv").rows() == ["name,text"] + [f'{name},"a, b"' for name in NAMES]
    assert logs("csv_without_header").rows() == [f'{name},"a, b"' for name in NAMES]


def test_spec_6_json_lines_say_where_they_come_from(logs) -> None:
    rows = [json.loads(row) for row in logs("json_lines").rows()]
    assert rows == [{"mini_batch": index // 2, "source": name, "name": name, "text": "a, b"}
                    for index, name in enumerate(NAMES)]


def test_spec_3_7_streaming_scripts_take_several_mini_batches(logs) -> None:
    assert logs("streaming").rows() == NAMES


def test_spec_7_3_a_profile_is_written(logs) -> None:
    assert (logs("profiled").folder / "sys" / "node" / "0" / "process000.profile").stat().st_size > 0


def test_copy_logs_to_parent(workspace: Workspace, logs) -> None:
    logs("copied")
    copy = workspace.job("all") / "logs" / "steps" / "copied"
    assert "Completed" in (copy / "job_result.txt").read_text()
    assert "Completed" in next(copy.glob("job_progress_overview.*.txt")).read_text().splitlines()[-1]
    assert (copy / "sys" / "job_report" / "processed_mini-batches.csv").exists()


def test_spec_7_4_resources_are_read(logs) -> None:
    folder = logs("copied").folder / "sys" / "perf" / "0"
    assert (folder / "node_resource_usage.csv").read_text().startswith("Utc Time")

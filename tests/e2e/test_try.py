"""`job try`: one mini-batch in the foreground, with the user's own terminal."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import BINARY, Workspace, wait_for
from parallel_pipeline import Step, make_files, open_workspace, write_pipeline
from pty_terminal import Terminal

FILES = 5
STEPS = {
    "good": Step("""
        import os
        from azureml_user.parallel_run import EntryScript
        def init():
            print("hello from init")
        def run(mini_batch):
            with open(os.path.join(EntryScript().output_dir, "side.txt"), "w") as file:
                file.write("x")
            return [os.path.basename(p) for p in mini_batch]
    """),
    "raises": Step("""
        def run(mini_batch):
            raise ValueError("the price is missing")
    """),
    "exits": Step("""
        import os
        def run(mini_batch):
            os._exit(3)
    """),
    "asks": Step("""
        def run(mini_batch):
            secret = len(mini_batch) * 21
            breakpoint()
            return [input("word? ")] * len(mini_batch)
    """),
    "waits": Step("""
        import time
        def run(mini_batch):
            print("waiting", flush=True)
            time.sleep(60)
            return list(mini_batch)
    """),
}


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("try")
    (folder / "tmp").mkdir()
    yield from open_workspace(folder)


@pytest.fixture(scope="module")
def pipeline(space: Workspace) -> Path:
    return write_pipeline(space, STEPS, make_files(space.scratch / "files", FILES))


def tried(space: Workspace, pipeline: Path, step: str, *more: str):
    return space.run("job", "try", "-f", str(pipeline), "--step", step, *more, env=own_folder(space))


def own_folder(space: Workspace) -> dict[str, str]:
    return {"TMPDIR": str(space.scratch / "tmp")}


def left_behind(space: Workspace) -> list[Path]:
    return list((space.scratch / "tmp").iterdir())


def test_shows_what_would_be_appended_and_suggests_settings(space: Workspace, pipeline: Path) -> None:
    done = tried(space, pipeline, "good", "--mini-batch", "1")
    assert done.code == 0, done.text
    assert "good: mini-batch 1 of 3: 2 files" in done.err
    assert "hello from init" in done.out
    assert re.search(r"would be appended: 2 rows, 22 bytes\n  item-2.txt\n  item-3.txt\n", done.out)
    assert re.search(r"\n  retry_settings:\n    timeout: 10 ", done.out)


def test_leaves_nothing_behind(space: Workspace, pipeline: Path) -> None:
    assert tried(space, pipeline, "good").code == 0
    assert not left_behind(space)
    assert not (space.folder / "jobs").exists()
    assert not list((space.folder / "datastores").rglob("side.txt"))
    assert json.loads(space.run("job", "list").out) == []


def test_keeps_its_folder_when_asked(space: Workspace, pipeline: Path) -> None:
    done = tried(space, pipeline, "good", "--keep")
    folder = Path(re.search(r"what the step writes goes to (\S+)", done.err)[1])
    assert (folder / "outputs" / "rows" / "side.txt").read_text() == "x"
    space.run("job", "list")
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()


def test_the_users_error_comes_first(space: Workspace, pipeline: Path) -> None:
    done = tried(space, pipeline, "raises")
    assert done.code == 1
    assert "ERROR: raises: raises.py:3 in run: ValueError: the price is missing\n  mini-batch 0\n" in done.err
    assert re.search(r"\n  raises\.py:3 in run +raise ValueError", done.err), "with the stack, as a job would tell it"
    assert "retry_settings" not in done.out, "a failure says nothing about sizes"
    assert not left_behind(space)


def test_a_script_that_ends_its_process_is_told(space: Workspace, pipeline: Path) -> None:
    done = tried(space, pipeline, "exits")
    assert done.code == 1
    assert "ERROR: exits: the script ended its process (exit code 3)" in done.err


@pytest.mark.parametrize(("arguments", "message"), [
    (("good", "--mini-batch", "3"), "good: there is no mini-batch 3; there are 3: 0 to 2"),
    (("goood",), "there is no step 'goood'"),
    (("good", "--input", "flies=x"), "step 'good' has no input 'flies'"),
])
def test_mistakes_are_named(space: Workspace, pipeline: Path, arguments: tuple[str, ...], message: str) -> None:
    done = tried(space, pipeline, *arguments)
    assert done.code == 1
    assert message in done.err
    assert done.out == ""


def test_other_data_may_be_given(space: Workspace, pipeline: Path) -> None:
    make_files(space.scratch / "other", 1)
    done = tried(space, pipeline, "good", "--input", f"files={space.scratch / 'other'}")
    assert "mini-batch 0 of 1: 1 file\n" in done.err


def test_an_object_keeps_standard_output_to_itself(space: Workspace, pipeline: Path) -> None:
    done = tried(space, pipeline, "good", "-o", "json")
    result = json.loads(done.out)
    assert result["status"] == "Succeeded"
    assert result["detail"] == {"files": ["item-0.txt", "item-1.txt"]}
    assert result["suggestion"]["timeout"] == 10
    assert "hello from init" in done.err


class TestTerminal:
    """With a terminal, as a user has it."""

    def start(self, space: Workspace, pipeline: Path, step: str) -> Terminal:
        environment = {**space.environment(own_folder(space)), "TERM": "dumb"}
        words = [str(BINARY), "job", "try", "-f", str(pipeline), "--step", step]
        return Terminal.start(words, environment, width=100)

    def test_breakpoint_and_input_work(self, space: Workspace, pipeline: Path) -> None:
        terminal = self.start(space, pipeline, "asks")
        terminal.read_for(30, lambda text: "(Pdb)" in text)
        terminal.type(b"p secret\n")
        terminal.read_for(30, lambda text: text.count("(Pdb)") == 2)
        assert "\r\n42\r\n" in terminal.text, terminal.text
        terminal.type(b"c\n")
        terminal.read_for(30, lambda text: "word? " in text)
        terminal.type(b"yes\n")
        assert terminal.wait() == 0, terminal.text
        assert "would be appended: 2 rows, 8 bytes\r\n  yes\r\n  yes\r\n" in terminal.text

    def test_ctrl_c_ends_the_script_and_cleans_up(self, space: Workspace, pipeline: Path) -> None:
        terminal = self.start(space, pipeline, "waits")
        terminal.read_for(30, lambda text: "waiting" in text)
        terminal.type(b"\x03")
        assert terminal.wait() == 1, terminal.text
        assert "KeyboardInterrupt" in terminal.text
        wait_for(lambda: not left_behind(space), 10, lambda: f"left: {os.listdir(space.scratch / 'tmp')}")

"""Every case folder holds wrong input with the expectation in it, and gets exactly those problems.

A case is a folder of tests/cases/messages, laid over the files of `common`. Expectations are comments
in any of its files:

    mini_batch_sise: 5
  # ^ BM105 jobs.score.mini_batch_sise      the caret stands below the first column of the problem
    #! 4:1 BM103 type                       line and column as numbers, where a caret cannot stand

The path is left out where a problem has none. Line 0 is the file as a whole. A file `arguments` holds
further arguments, one a line; carets below a `--set K=V` count columns of `K=V`. A folder named
`locked` is made unwritable. `expect.txt`, where there is one, is what stderr shows at 80 columns, with
<case> for the folder of the case.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from harness import Done, Workspace

CASES = Path(__file__).parent / "messages"
COMMON = "common"
CARET = re.compile(r"^ *#( *)\^ (BM\d{3})(?: (\S.*))?$")
NUMBERS = re.compile(r"^ *#! (\d+):(\d+) (BM\d{3})(?: (\S.*))?$")
SET = "--set "

# Codes that validation of one file and of the components it names can give. The others belong
# to assets and run time.
NEEDED = {*range(101, 116), *range(201, 210), 301, 302, 303, *range(401, 412),
          *range(501, 507), *range(508, 513), *range(601, 606), 704, 3, 4, 5, 7}

Problem = tuple[str, int, int, str, str]  # file, line, column, code, path


def names() -> list[str]:
    return sorted(folder.name for folder in CASES.iterdir() if folder.is_dir() and folder.name != COMMON)


def expectations(folder: Path) -> set[Problem]:
    found: set[Problem] = set()
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.name != "expect.txt":
            found |= expectations_of(file, str(file.relative_to(folder)))
    return found


def expectations_of(file: Path, name: str) -> set[Problem]:
    found: set[Problem] = set()
    subject, number = "", 0
    for index, line in enumerate(file.read_text().splitlines(), start=1):
        if match := NUMBERS.match(line):
            found.add(("pipeline.yml" if name == "arguments" else name, int(match[1]), int(match[2]), match[3], match[4] or ""))
        elif match := CARET.match(line):
            column = line.index("^") + 1
            place = (subject, 0, column - len(SET)) if name == "arguments" else (name, number, column)
            found.add((*place, match[2], match[3] or ""))
        else:
            subject, number = line, index
    return found


def arguments(folder: Path) -> list[str]:
    file = folder / "arguments"
    lines = file.read_text().splitlines() if file.exists() else []
    return [word for line in lines if line and not line.startswith("#") for word in line.split(" ", 1)]


def reported(result: dict, folder: Path) -> set[Problem]:
    found: set[Problem] = set()
    for level in ("errors", "warnings", "notices"):
        for problem in result.get(level, []):
            file = problem.get("file", "")
            if file.startswith("/"):
                file = os.path.relpath(file, folder)
            found.add((file, problem.get("line", 0), problem.get("column", 0), problem["code"], problem["path"]))
    return found


@pytest.fixture
def case(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A copy of the case named by the parameter."""
    folder = tmp_path / "case"
    shutil.copytree(CASES / COMMON, folder)
    shutil.copytree(CASES / request.param, folder, dirs_exist_ok=True)
    locked = folder / "locked"
    if (CASES / request.param / "locked").exists():
        if os.geteuid() == 0:
            pytest.skip("root may write everywhere")
        locked.chmod(0o555)
    yield folder
    if locked.exists():
        locked.chmod(0o755)


def validate(case: Path, scratch: Path, *more: str) -> Done:
    """job validate in a workspace that maps the environment of the cases, so that nothing is said of it."""
    workspace = Workspace(scratch / "workspace")
    workspace.folder.mkdir()
    rules = {"environments": {"azureml:local:*": {"python": sys.executable}}}
    (workspace.folder / "config.yml").write_text(json.dumps(rules))
    return workspace.run("job", "validate", "-f", "pipeline.yml", *arguments(case), *more, cwd=case,
                         env={"COLUMNS": "80"})


@pytest.mark.parametrize("case", names(), indirect=True)
def test_reports_exactly_the_expected_problems(case: Path, tmp_path: Path) -> None:
    done = validate(case, tmp_path, "-o", "json")
    assert done.out, done.err
    result = json.loads(done.out)
    expected = expectations(case)
    assert expected, "a case without expectations tests nothing"
    got = reported(result, case)
    assert sorted(got - expected) == [], "reported, but not expected"
    assert sorted(expected - got) == [], "expected, but not reported"
    assert done.code == (1 if "errors" in result else 0)
    for problem in (p for level in ("errors", "warnings", "notices") for p in result.get(level, [])):
        text = problem["message"] + problem.get("help", "")
        assert not re.search(r"(?<!\$\{)\{[a-z][a-z0-9_]*\}", text), f"a placeholder without a value: {text}"


@pytest.mark.parametrize("case", [n for n in names() if (CASES / n / "expect.txt").exists()], indirect=True)
def test_shows_them_as_text(case: Path, tmp_path: Path) -> None:
    done = validate(case, tmp_path)
    assert done.err.replace(str(case), "<case>") == (case / "expect.txt").read_text()


def test_every_code_has_a_case() -> None:
    covered = {int(problem[3][2:]) for name in names() for problem in expectations(CASES / name)}
    assert NEEDED - covered == set()

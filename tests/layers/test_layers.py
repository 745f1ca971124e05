"""The #include lines of src/ and apps/ follow the layers that the design draws.

Each folder of src/ may include the folders named for it here, and itself. Adding an arrow means
changing this table, so it is seen in review.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

BASE = {"base"}
MODEL = BASE | {"model"}
PORTS = MODEL | {"ports", "protocol"}
PARTS = {"pipeline", "data", "parallel", "rows", "runlog"}
ADAPTERS = {"worker", "compute", "db", "environment", "os", "monitor"}

ALLOWED: dict[str, set[str]] = {
    "base": BASE,
    "model": MODEL,
    "protocol": MODEL | {"protocol"},
    "ports": PORTS,
    **{part: PORTS - {"protocol"} | {part} for part in PARTS},
    **{adapter: PORTS | {adapter} for adapter in ADAPTERS},
    "agent": PORTS | {"parallel", "runlog", "agent"},
    "engine": PORTS | PARTS | {"engine"},
    "workspace": PORTS | {"pipeline", "data", "runlog", "workspace"},
    "cli": PORTS - {"protocol"} | {"pipeline", "runlog", "workspace", "cli"},
    "apps": PORTS | PARTS | ADAPTERS | {"agent", "engine", "workspace", "cli", "apps"},
}

TESTED_WITH = {"fakes", "os", "worker", "compute", "db", "monitor"}

# What decides is pure.
PURE = {"base", "model", "parallel"}
IMPURE_HEADERS = {"unistd.h", "fcntl.h", "fstream", "filesystem", "thread", "sys/stat.h", "poll.h",
                  "sys/wait.h", "sqlite3.h", "random"}

INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)


def sources() -> list[Path]:
    files = [*(ROOT / "src").rglob("*.h"), *(ROOT / "src").rglob("*.cc"), *(ROOT / "apps").rglob("*.cc")]
    return sorted(files)


def layer_of(path: Path) -> str:
    parts = path.relative_to(ROOT).parts
    return "apps" if parts[0] == "apps" else parts[1]


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(ROOT)))
def test_includes_go_down(path: Path) -> None:
    layer = layer_of(path)
    is_test = path.name.startswith("fake_") or path.name.endswith(
        ("_test.cc", "_rig.h", "_fixture.h", "_for_tests.h"))
    for quoted, _ in INCLUDE.findall(path.read_text()):
        if not quoted or "/" not in quoted:
            continue
        target = quoted.split("/")[0]
        if is_test and target in TESTED_WITH and layer not in PURE:
            continue  # edges are tested with real parts, or with the fakes of tests/fakes
        assert target in ALLOWED, f"{path}: {quoted} is no layer"
        assert target in ALLOWED[layer], f"{path}: {layer}/ may not include {quoted}"


@pytest.mark.parametrize("path", [p for p in sources() if layer_of(p) in PURE and not p.name.endswith("_test.cc")],
                         ids=lambda p: str(p.relative_to(ROOT)))
def test_what_decides_does_no_io(path: Path) -> None:
    included = {system for _, system in INCLUDE.findall(path.read_text()) if system}
    assert not included & IMPURE_HEADERS, f"{path} includes {included & IMPURE_HEADERS}"


def test_the_table_has_every_folder() -> None:
    folders = {p.name for p in (ROOT / "src").iterdir() if p.is_dir()}
    assert folders <= set(ALLOWED)


def test_the_arrows_have_no_cycle() -> None:
    done: set[str] = set()
    pending = set(ALLOWED)
    while pending:
        free = {layer for layer in pending if ALLOWED[layer] - {layer} <= done
                or (layer in {"ports", "protocol"} and ALLOWED[layer] - {"ports", "protocol"} <= done)}
        assert free, f"cycle among {sorted(pending)}"
        done |= free
        pending -= free

"""Finding and importing the entry script (parallel-job.md 3.6)."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from types import ModuleType
from typing import NamedTuple, Optional


class Script(NamedTuple):
    """Where an ``entry_script`` lies."""

    name: str  # as the user wrote it
    module: str  # dotted name under which it is imported
    path: Optional[str]  # absolute; None for an installed module


def locate(code: str, entry_script: str) -> Script:
    """``src/entry.py`` becomes module ``src.entry``; a dotted name may lie in ``code`` or not."""
    relative = os.path.normpath(entry_script)
    path = os.path.join(code, relative)
    if os.path.isfile(path) or relative.endswith(".py"):
        stem = relative[:-3] if relative.endswith(".py") else relative
        return Script(entry_script, stem.strip("./").replace("/", "."), path)
    dotted = os.path.join(code, *entry_script.split(".")) + ".py"
    return Script(entry_script, entry_script, dotted if os.path.isfile(dotted) else None)


def folder_of(script: Script, code: str) -> str:
    return os.path.dirname(script.path) if script.path else code


def load(script: Script) -> ModuleType:
    """Imports the script. Raises whatever its code raises."""
    if script.path is None:
        return importlib.import_module(script.module)
    parent_name, _, own_name = script.module.rpartition(".")
    parent = importlib.import_module(parent_name) if parent_name else None
    spec = importlib.util.spec_from_file_location(script.module, script.path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{script.name} is no Python source file", path=script.path)
    module = importlib.util.module_from_spec(spec)
    # A script named like a loaded module (token.py, test.py) must not replace it for others.
    is_new = script.module not in sys.modules
    if is_new:
        sys.modules[script.module] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        if is_new:
            sys.modules.pop(script.module, None)
        raise
    if parent is not None:
        setattr(parent, own_name, module)
    return module

"""The functions of an entry script (parallel-job.md 3.1)."""

from __future__ import annotations

import inspect
from types import FunctionType, ModuleType
from typing import Any, Callable, List, NamedTuple, Optional


class Contract(NamedTuple):
    run: Callable[..., Any]
    takes_context: bool
    init: Optional[Callable[[], Any]]
    shutdown: Optional[Callable[[], Any]]


def resolve(module: ModuleType) -> Optional[Contract]:
    """Finds ``run``, ``init`` and ``shutdown``, lower case first; None without ``run``."""
    run = _function(module, "run")
    if run is None:
        return None
    return Contract(
        run, takes_context(run), _function(module, "init"), _function(module, "shutdown")
    )


def takes_context(run: Callable[..., Any]) -> bool:
    """Whether ``run`` takes a second positional parameter, or ``*args``."""
    try:
        parameters = inspect.signature(run).parameters.values()
    except (TypeError, ValueError):  # a built-in without a signature
        return False
    positional = 0
    for parameter in parameters:
        if parameter.kind is parameter.VAR_POSITIONAL:
            return True
        if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            positional += 1
    return positional >= 2


def defined_functions(module: ModuleType) -> List[str]:
    """Names of the functions that the script itself defines, in source order."""
    return [
        name
        for name, value in vars(module).items()
        if isinstance(value, FunctionType)
        and value.__module__ == module.__name__
        and not name.startswith("_")
    ]


def missing_run_help(defined: List[str]) -> str:
    """What to tell when ``run`` is missing: ``it defines: init, rum`` and the nearest name."""
    from difflib import get_close_matches

    if not defined:
        return "it defines no function"
    text = "it defines: " + ", ".join(defined)
    others = [name for name in defined if name.lower() not in ("init", "shutdown")]
    near = get_close_matches("run", others, n=1, cutoff=0.5)
    if not near:
        near = [name for name in others if "run" in name.lower()][:1]
    return text + f"\nrename '{near[0]}' to 'run'" if near else text


def _function(module: ModuleType, name: str) -> Optional[Callable[..., Any]]:
    for spelling in (name, name.capitalize()):
        found: Optional[Callable[..., Any]] = getattr(module, spelling, None)
        if callable(found):
            return found
    return None

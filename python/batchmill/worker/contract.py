"""The functions of an entry script (parallel-job.md 3.1 and 3.7)."""

from __future__ import annotations

import inspect
from types import FunctionType, ModuleType
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

RUN = ("run",)
STREAMING = (
    "enqueue",
    "get_processing_batch_number",
    "get_finished_batch_result",
    "check_all_tasks_processed",
)
_NOT_MEANT = ("init", "shutdown")  # never a misspelt one of the above


class Streaming(NamedTuple):
    """The functions of the streaming contract."""

    enqueue: Callable[..., Any]
    count_processing: Callable[[], Any]
    take_finished: Callable[[], Any]
    all_processed: Callable[[], Any]


class Contract(NamedTuple):
    run: Callable[..., Any]  # enqueue() with the streaming contract
    takes_context: bool
    init: Optional[Callable[[], Any]]
    shutdown: Optional[Callable[[], Any]]
    streaming: Optional[Streaming] = None

    @property
    def returning(self) -> Callable[..., Any]:
        """The function that hands results back."""
        if self.streaming is not None:
            return self.streaming.take_finished
        return self.run

    def wrapped_by(self, wrap: Callable[[Callable[..., Any]], Callable[..., Any]]) -> Contract:
        """The same with another function around each that works on mini-batches, and init()."""
        init = None if self.init is None else wrap(self.init)
        run = wrap(self.run)
        if self.streaming is None:
            return self._replace(run=run, init=init)
        streaming = Streaming(run, *map(wrap, self.streaming[1:]))
        return self._replace(run=run, init=init, streaming=streaming)


class MissingFunctions(Exception):
    """The script lacks what its contract needs. ``help_text`` says what it has."""

    def __init__(self, script: str, names: List[str], help_text: str) -> None:
        several = "s" if len(names) > 1 else ""
        super().__init__(f"{script} has no function{several} {', '.join(names)}")
        self.help_text = help_text


def resolve(module: ModuleType, script: str, streams: bool) -> Contract:
    """Finds the functions, lower case first. Raises MissingFunctions."""
    needed = STREAMING if streams else RUN
    found: Dict[str, Callable[..., Any]] = {}
    for name in needed:
        function = _function(module, name)
        if function is not None:
            found[name] = function
    missing = [name for name in needed if name not in found]
    if missing:
        defined = _defined_functions(module)
        raise MissingFunctions(script, missing, _help(defined, missing, needed))
    functions = [found[name] for name in needed]
    return Contract(
        functions[0],
        takes_context(functions[0]),
        _function(module, "init"),
        _function(module, "shutdown"),
        Streaming(*functions) if streams else None,
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


def _defined_functions(module: ModuleType) -> List[str]:
    """Names of the functions that the script itself defines, in source order."""
    return [
        name
        for name, value in vars(module).items()
        if isinstance(value, FunctionType)
        and value.__module__ == module.__name__
        and not name.startswith("_")
    ]


def _help(defined: List[str], missing: List[str], needed: Tuple[str, ...]) -> str:
    """``it defines: init, rum`` and, on further lines, what to change."""
    lines = ["it defines: " + ", ".join(defined) if defined else "it defines no function"]
    others = [name for name in defined if name not in needed and name.lower() not in _NOT_MEANT]
    for name in missing:
        near = _nearest(name, others)
        if near is not None:
            lines.append(f"rename '{near}' to '{name}'")
    if needed is STREAMING:
        lines.append(f"the streaming contract (--amlbi_async_mode) needs {', '.join(STREAMING)}")
    return "\n".join(lines)


def _nearest(name: str, others: List[str]) -> Optional[str]:
    from difflib import get_close_matches

    near = get_close_matches(name, others, n=1, cutoff=0.5 if name == "run" else 0.8)
    if not near and name == "run":
        near = [other for other in others if "run" in other.lower()][:1]
    return near[0] if near else None


def _function(module: ModuleType, name: str) -> Optional[Callable[..., Any]]:
    for spelling in (name, name.capitalize()):
        found: Optional[Callable[..., Any]] = getattr(module, spelling, None)
        if callable(found):
            return found
    return None

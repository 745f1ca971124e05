"""Failures as records (docs/formats/error-record.md); the screen's layout is made elsewhere."""

from __future__ import annotations

import linecache
import os
from types import CodeType, TracebackType
from typing import Any, Dict, List, Optional, Tuple

Record = Dict[str, Any]

NO_PANDAS = 802
RUN_RAISED = 901
INIT_RAISED = 902
IMPORT_FAILED = 903
NO_RUN = 904
SHORT = 906
RUN_TIMEOUT = 908
SCRIPT_EXIT = 912
LOAD_FAILED = 913
RAGGED = 914
VANISHED = 915
CHANGED = 916
DISK = 923
PACKAGE = 926

MAX_MESSAGE = 20_000  # code points
MAX_FRAMES = 80
MAX_CHAIN = 20
MAX_TEXT = 500
MAX_NOTES = 20
MAX_LEAVES = 3
MAX_PERIOD = 4  # of recursion through several functions

_OURS = os.path.dirname(os.path.abspath(__file__)) + os.sep
_MACHINERY = ("<frozen importlib", "<frozen runpy", "<frozen zipimport")
_MACHINERY_FILES = (os.sep + "importlib" + os.sep + "__init__.py", os.sep + "runpy.py")


class UserCode:
    """Tells the user's files, those below the code folder, from all others."""

    def __init__(self, code: str) -> None:
        self._roots = tuple({code.rstrip("/") + "/", os.path.realpath(code).rstrip("/") + "/"})

    def relative(self, file: str) -> Optional[str]:
        """Path below the code folder; None for a file of someone else's."""
        for root in self._roots:
            if file.startswith(root):
                inner = file[len(root) :]
                return None if "site-packages/" in inner else inner
        return None


def plain(code: int, message: str, **more: Any) -> Record:
    """A record without an exception. ``more`` are further keys."""
    return {
        "code": code,
        "type": "",
        "message": message[:MAX_MESSAGE],
        "place": None,
        "frames": [],
        "chain": [],
        "notes": [],
        "item": "",
        "detail": "",
        **more,
    }


def from_exception(error: BaseException, code: int, user: UserCode) -> Record:
    """The record of a raised exception, with those that led to it."""
    record = plain(_code_of(error, code, user), "")
    record.update(_one(error, user))
    record["notes"] = _notes(error)
    record["chain"] = _chain(error, user)
    group = _group(error, user)
    if group is not None:
        record["group"] = group
    return record


def place_of_function(function: Any, user: UserCode) -> Optional[Record]:
    """Where a function of the script is defined; None when that cannot be said."""
    original = getattr(function, "_batchmill_wraps", function)
    found = getattr(original, "__code__", None)
    if not isinstance(found, CodeType):
        return None
    file = user.relative(found.co_filename)
    if file is None:
        return None
    return {"file": file, "line": found.co_firstlineno, "function": found.co_name}


def message_of(error: BaseException) -> str:
    """``str(error)``, also when that raises."""
    try:
        return str(error)[:MAX_MESSAGE]
    except BaseException as problem:  # noqa: BLE001 - the script's own __str__
        return f"<str() of the exception raised {type(problem).__name__}>"


def type_of(error: BaseException) -> str:
    """The type as a traceback names it."""
    kind = type(error)
    if kind.__module__ in ("builtins", "__main__"):
        return kind.__qualname__
    return f"{kind.__module__}.{kind.__qualname__}"


def exit_message(error: SystemExit) -> str:
    """What a script that calls ``sys.exit()`` did."""
    if error.code is None or error.code == 0:
        return "the script ended its process (exit code 0)"
    if isinstance(error.code, int):
        return f"the script ended its process (exit code {error.code})"
    return f"the script ended its process (exit code 1): {error.code}"[:MAX_MESSAGE]


def without_own_frames(trace: Optional[TracebackType]) -> Optional[TracebackType]:
    """Drops the frames of the engine that lie outside the script's."""
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith(_OURS):
        trace = trace.tb_next
    return trace


def _code_of(error: BaseException, code: int, user: UserCode) -> int:
    if isinstance(error, ModuleNotFoundError) and error.name and not _is_users(error.name, user):
        return PACKAGE
    return code


def _is_users(module: str, user: UserCode) -> bool:
    """A module that is missing below a package of the user's is not a missing package."""
    top = module.partition(".")[0]
    return any(
        os.path.exists(os.path.join(root, top)) or os.path.exists(os.path.join(root, top + ".py"))
        for root in user._roots
    )


def _one(error: BaseException, user: UserCode) -> Record:
    frames = _frames(error.__traceback__, user)
    message = exit_message(error) if isinstance(error, SystemExit) else message_of(error)
    place = next(
        (
            {"file": frame["file"], "line": frame["line"], "function": frame["function"]}
            for frame in reversed(frames)
            if frame["user"]
        ),
        None,
    )
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        file = user.relative(error.filename)
        message = str(error.msg)[:MAX_MESSAGE]
        place = {
            "file": error.filename if file is None else file,
            "line": error.lineno,
            "function": "",
        }
    return {"type": type_of(error), "message": message, "place": place, "frames": frames}


def _frames(trace: Optional[TracebackType], user: UserCode) -> List[Record]:
    raw: List[Tuple[CodeType, int, Dict[str, Any]]] = []
    while trace is not None:
        code = trace.tb_frame.f_code
        if not _is_machinery(code.co_filename):
            raw.append((code, trace.tb_lineno, trace.tb_frame.f_globals))
        trace = trace.tb_next
    keys = [(code.co_filename, line, code.co_name) for code, line, _ in raw]
    frames = []
    omitted = 0
    kept = _without_repeats(keys)
    for number, (index, repeated, period) in enumerate(kept):
        if MAX_FRAMES // 2 <= number < len(kept) - MAX_FRAMES // 2:
            omitted += 1
            continue
        frame = _frame(raw[index], user)
        if repeated:
            frame["repeated"] = repeated
            frame["period"] = period
        if omitted:
            frame["omitted"] = omitted
            omitted = 0
        frames.append(frame)
    return frames


def _frame(raw: Tuple[CodeType, int, Dict[str, Any]], user: UserCode) -> Record:
    code, line, names = raw
    file = user.relative(code.co_filename)
    frame: Record = {
        "file": code.co_filename if file is None else file,
        "line": line,
        "function": code.co_name,
        "text": linecache.getline(code.co_filename, line, names).strip()[:MAX_TEXT],
        "user": file is not None,
    }
    if file is None:
        frame["library"] = str(names.get("__name__") or "").partition(".")[0]
    return frame


def _is_machinery(file: str) -> bool:
    return file.startswith(_OURS) or file.startswith(_MACHINERY) or file.endswith(_MACHINERY_FILES)


def _without_repeats(keys: List[Tuple[str, int, str]]) -> List[Tuple[int, int, int]]:
    """Folds recursion: (index, further repetitions of the block that ends here, its length).

    A block of up to MAX_PERIOD frames that occurs more than three times in a row is kept once.
    """
    kept = []
    position = 0
    while position < len(keys):
        for period in range(1, MAX_PERIOD + 1):
            block = keys[position : position + period]
            times = 1
            end = position + period
            while len(block) == period and keys[end : end + period] == block:
                times += 1
                end += period
            if times > 3:
                kept += [(index, 0, 0) for index in range(position, position + period - 1)]
                kept.append((position + period - 1, times - 1, period))
                position = end
                break
        else:
            kept.append((position, 0, 0))
            position += 1
    return kept


def _chain(error: BaseException, user: UserCode) -> List[Record]:
    chain: List[Record] = []
    seen = {id(error)}
    current = error
    while len(chain) < MAX_CHAIN:
        if current.__cause__ is not None:
            link, following = "caused by", current.__cause__
        elif current.__context__ is not None and not current.__suppress_context__:
            link, following = "while handling", current.__context__
        else:
            break
        if id(following) in seen:
            break
        seen.add(id(following))
        chain.append({"link": link, **_one(following, user)})
        current = following
    return chain


def _notes(error: BaseException) -> List[str]:
    notes = getattr(error, "__notes__", None)
    if not isinstance(notes, (list, tuple)):
        return []
    return [note[:MAX_MESSAGE] for note in notes if isinstance(note, str)][:MAX_NOTES]


def _group(error: BaseException, user: UserCode) -> Optional[Record]:
    """The leaves of an ExceptionGroup: how many, and the first few."""
    leaves: List[BaseException] = []
    pending = [error]
    while pending:
        current = pending.pop(0)
        inner = getattr(current, "exceptions", None)
        if type(current).__name__.endswith("ExceptionGroup") and isinstance(inner, tuple):
            pending = list(inner) + pending
        else:
            leaves.append(current)
    if leaves == [error]:
        return None
    return {"count": len(leaves), "leaves": [_one(leaf, user) for leaf in leaves[:MAX_LEAVES]]}

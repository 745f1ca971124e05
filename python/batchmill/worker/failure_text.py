"""An error record as the lines that a terminal shows (messages as ``src/runlog/failure_text.cc``).

Only the dry run needs them here: everywhere else the record travels, and the reader writes it.
"""

from __future__ import annotations

from typing import Any, Dict, List

from batchmill.worker.error_record import Record

_MESSAGE_LIMIT = 300  # code points
_DETAIL_LINES = 12
_SOURCE_COLUMN = 30
_MESSAGE_ALONE = (904, 905, 906, 907)
_ITEM_FIRST = (913, 914, 916)
_HELP = {
    906: "one result per item; 'error_threshold: -1' ends this check",
    915: "keep inputs unchanged while a job runs",
    916: "keep inputs unchanged while a job runs",
}


def first_line(record: Record) -> str:
    """What happened, with its place: ``score.py:31 in run: ValueError: bad``."""
    code, place = record["code"], record["place"]
    message = _one_line(record["message"])
    typed = _typed(record, message)
    if code in (903, 926):
        return f"{_shown(place['file'])}:{place['line']}: {typed}" if place else typed
    if code in _MESSAGE_ALONE:
        return message
    if code in _ITEM_FIRST:
        return f"{_shown(record['item'])}: {message}" if record["item"] else message
    if code == 915:
        return f"{_shown(record['item'] or 'an input file')} vanished after it was listed"
    text = message if code == 912 else typed
    return f"{_place(place)}: {text}" if place else text


def details(record: Record) -> List[str]:
    """The stack, the message and what led to it, as lines without indentation."""
    lines = _stack(record["frames"])
    if not lines and record["place"]:
        lines.append(_place(record["place"]))
    if record["code"] in (913, 914):
        lines.append(first_line(record))
    else:
        message = _lines(_clip(record["message"]))
        lines.append(_typed(record, message[0] if message else ""))
        lines += ["  " + line for line in message[1:]]
    group = record.get("group") or {"count": 0, "leaves": []}
    for number, leaf in enumerate(group["leaves"], 1):
        lines.append(_linked(leaf, f"{number} of {group['count']}:"))
    chain = record["chain"]
    for number, link in enumerate(chain):
        if len(chain) <= 3 or number == 0 or number >= len(chain) - 2:
            lines.append(_linked(link, link["link"]))
        elif number == 1:
            lines.append(f"... {len(chain) - 3} more")
    for note in record["notes"]:
        lines += _lines(_clip(note))
    detail = _lines(record["detail"])
    if len(detail) > _DETAIL_LINES:
        lines.append(f"... {len(detail) - _DETAIL_LINES + 1} lines")
        detail = detail[-(_DETAIL_LINES - 1) :]
    lines += map(_clip, detail)
    if record["code"] in _HELP:
        lines.append("help: " + _HELP[record["code"]])
    return lines


def _stack(frames: List[Dict[str, Any]]) -> List[str]:
    """Runs of a library's frames are one line and the innermost."""
    lines: List[str] = []
    any_user = any(frame["user"] for frame in frames)
    hidden: List[Dict[str, Any]] = []
    for number, frame in enumerate(frames):
        following = frames[number + 1] if number + 1 < len(frames) else None
        if any_user and not frame["user"] and following is not None and not following["user"]:
            hidden.append(frame)
            continue
        if len(hidden) == 1:
            lines += _frame(hidden[0])
        elif hidden:
            lines.append(f"... {len(hidden)} frames in {_shown(hidden[0].get('library') or '?')}")
        hidden = []
        lines += _frame(frame)
    return lines


def _frame(frame: Dict[str, Any]) -> List[str]:
    lines = [f"... {frame['omitted']} frames"] if frame.get("omitted") else []
    line = f"{_shown(_short(frame))}:{frame['line']} in {_shown(frame['function'])}"
    if frame["text"]:
        line = f"{line:{_SOURCE_COLUMN - 2}}  {_shown(frame['text'])}"
    lines.append(line)
    if frame.get("repeated"):
        these = f"these {frame['period']} " if frame["period"] > 1 else ""
        lines.append(f"... {these}repeated {frame['repeated']} times")
    return lines


def _short(frame: Dict[str, Any]) -> str:
    """Where Python was installed says nothing: ``pandas/core/frame.py``."""
    path: str = frame["file"]
    if frame["user"]:
        return path
    for folder in ("/site-packages/", "/dist-packages/"):
        if folder in path:
            return path.rpartition(folder)[2]
    before, found, after = path.partition("/lib/python")
    return after.partition("/")[2] or path if found else path


def _linked(raised: Dict[str, Any], link: str) -> str:
    line = f"{link} {_typed(raised, _one_line(raised['message']))}"
    return f"{line} ({_place(raised['place'])})" if raised["place"] else line


def _typed(raised: Dict[str, Any], message: str) -> str:
    if not raised["type"]:
        return message
    return f"{raised['type']}: {message}" if message else str(raised["type"])


def _place(place: Dict[str, Any]) -> str:
    text = f"{_shown(place['file'])}:{place['line']}"
    return f"{text} in {_shown(place['function'])}" if place["function"] else text


def _one_line(message: str) -> str:
    lines = _lines(_clip(message))
    return lines[0] + (" ..." if len(lines) > 1 else "") if lines else ""


def _lines(text: str) -> List[str]:
    return [_shown(line) for line in text.rstrip("\n").split("\n")] if text.strip("\n") else []


def _clip(text: str) -> str:
    return text if len(text) <= _MESSAGE_LIMIT else text[:_MESSAGE_LIMIT] + "..."


def _shown(text: str) -> str:
    """Without control characters, which would act on the terminal."""
    return "".join(c if c >= " " and c != "\x7f" else f"\\x{ord(c):02x}" for c in text)

"""What ``get_finished_batch_result()`` hands back (parallel-job.md 3.7)."""

from __future__ import annotations

from typing import Any, List, Mapping, Tuple

from batchmill.worker.result_rows import BadReturn

_HELP = "return {<minibatch_index>: {'ret': [...], 'mini_batch_context': ..., 'exception': None}}"


def handed_back(found: Any) -> List[Tuple[Any, Any]]:
    """Pairs of mini-batch and value; a key that is no index stays as it is. Raises BadReturn."""
    if not isinstance(found, Mapping):
        name = "None" if found is None else type(found).__name__
        raise BadReturn(905, f"get_finished_batch_result returned {name}, not a dict", _HELP)
    return [(_index(key), value) for key, value in found.items()]


def result_of(value: Any) -> Any:
    """The result of one mini-batch. Raises what the script put as ``exception``, or BadReturn."""
    if not isinstance(value, Mapping):
        name = type(value).__name__
        raise BadReturn(905, f"get_finished_batch_result gave {name} for it, not a dict", _HELP)
    error = value.get("exception")
    if isinstance(error, BaseException):
        raise error
    if error is not None:
        raise RuntimeError(str(error))  # a text, say
    result = value.get("ret")
    if result is None:
        raise BadReturn(907, "get_finished_batch_result gave no 'ret' for it", _HELP)
    return result


def _index(key: Any) -> Any:
    """Scripts keep the index as a number or as a text."""
    try:
        return int(key)
    except (TypeError, ValueError):
        return key

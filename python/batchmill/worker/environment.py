"""What the process looks like to the script: arguments, folders, module path (parallel-job.md 3.6).

Environment variables come from the agent and are left alone.
"""

from __future__ import annotations

import json
import os
import sys
from typing import List

INTERNAL_ARGUMENT = "--bf89b5b0_523f_4782_aedc_61bd625ee81a"  # parallel-job.md 2.2
_PACKAGES = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def process_name(process: int) -> str:
    return f"process{process:03d}"


def arguments(entry_script: str, given: List[str], process: int) -> List[str]:
    """``sys.argv``: the script, the internal argument, the given ones."""
    internal = []
    if INTERNAL_ARGUMENT not in given:
        # In front: a script's own last argument may take all that follow it.
        internal = [INTERNAL_ARGUMENT, json.dumps({"agent_name": process_name(process)})]
    return [entry_script, *internal, *given]


def enter(code: str, script_folder: str) -> None:
    """Makes ``code`` the working folder and puts its modules first.

    The script's own folder comes second, our packages third: the stand-in ``azureml_user`` wins
    over an installed one.
    """
    os.chdir(code)
    first = [code]
    if script_folder != code:
        first.append(script_folder)
    first.append(_PACKAGES)
    sys.path[:] = first + [entry for entry in sys.path if entry not in first]

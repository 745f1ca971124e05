"""The process that runs a user's entry script: ``python -m batchmill.worker``.

Started by a node agent, which it meets through two inherited descriptors
(docs/formats/worker-protocol.md, docs/formats/worker-board.md). Only the standard library is
imported; pandas only where a table input or a returned DataFrame needs it.

Where things are, along the life of a worker:

- ``__main__``, ``session``, ``startup``: start, ``init()``, the loop, ``shutdown()``, the end
- ``descriptors``, ``messages``, ``board``: the ways to the agent
- ``environment``, ``streams``: what the script finds (argv, path, stdout, logging)
- ``script``, ``contract``, ``entry_script``: importing it and finding its functions
- ``manifest``, ``leases``, ``serving``, ``file_loop``: from a lease of files to ``run()``
- ``slices``, ``source``, ``json_lines``, ``loaded_loop``: from a lease of rows to ``run()``
- ``streaming_loop``, ``flights``, ``stream_results``: the streaming contract, instead of ``run()``
- ``result_rows``, ``result_format``, ``row_format``, ``json_rows``: from its result to bytes
- ``spool``, ``publisher``, ``late_publisher``: from bytes to the agent
- ``error_record``, ``error_log``, ``attempt_failure``: what a failure tells
- ``profiling``: profiles of ``init()`` and ``run()``
- ``table``: slices of delimited files as DataFrames
- ``dry_run``, ``foreground``, ``dry_run_report``: one mini-batch without an agent
"""

import os
import sys

# ``-m`` puts the present folder, here the user's code, in front of the module path, where a
# ``queue.py`` of theirs would become ours. Python calls itself "-m" only while it looks for the
# module to run; imported in any other way, this changes nothing.
if sys.argv[:1] == ["-m"] and sys.path[:1] in ([""], [os.getcwd()]):
    del sys.path[0]

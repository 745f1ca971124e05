"""``from azureml_user.parallel_run import EntryScript``, without any vendor package."""

from batchmill.worker.entry_script import EntryScript

__all__ = ["EntryScript"]

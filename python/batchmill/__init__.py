"""Batchmill's Python side: the worker runtime (``batchmill.worker``)."""

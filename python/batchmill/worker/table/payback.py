"""When a process that loads beside ``run()`` pays for itself. Pure."""

from __future__ import annotations


class Payback:
    """Of each mini-batch that much could have been hidden as loading and ``run()`` both took."""

    def __init__(self, price_ns: int) -> None:
        self._owed_ns = price_ns

    def is_due(self, load_ns: int, run_ns: int) -> bool:
        """Counts one more mini-batch; true once, with the one that pays the rest of the price."""
        owed_ns = self._owed_ns
        self._owed_ns -= min(load_ns, run_ns)
        return owed_ns > 0 >= self._owed_ns

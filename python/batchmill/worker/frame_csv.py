"""DataFrames as delimited rows: ``DataFrame.to_csv`` with the step's options (parallel-job.md 6)."""

from __future__ import annotations

from typing import Any, Dict, Optional

from batchmill.worker.provenance import MINI_BATCH, SOURCE, Origin
from batchmill.worker.result_rows import ROW_ERRORS

# Keywords of DataFrame.to_csv that say where the text goes; that is not the script's to choose.
_NOT_OURS = ("path_or_buf", "mode", "encoding", "errors", "compression", "storage_options")
# A character that no field holds for long; csv quotes fields with any character of the line end.
_RARE = "\x1f"


class FrameCsv:
    """Rows and header apart, since the header goes to a file of its own (worker-protocol.md)."""

    def __init__(self, to_csv: Dict[str, Any], separator: str, strict: bool) -> None:
        """``strict``: a carriage return in a field is quoted, which ``csv`` leaves out at "\\n"."""
        options = {key: value for key, value in to_csv.items() if key not in _NOT_OURS}
        options.setdefault("sep", separator)
        options.setdefault("index", False)
        # pandas before 1.5 spelt it differently.
        older = options.pop("line_terminator", None)
        self.line_end: str = options.pop("lineterminator", None) or older or "\n"
        self.header_option: Any = options.pop("header", False)
        self.has_header = bool(self.header_option) or isinstance(self.header_option, (list, tuple))
        self.options = options
        self._strict = strict

    def rows(self, frame: Any, origin: Optional[Origin]) -> bytes:
        text = self._text(frame, origin, False, self.line_end)
        if self._strict and "\r" in text and "\r" not in self.line_end:
            mark = "\r\n" + _RARE
            while mark in text:
                mark += _RARE
            text = self._text(frame, origin, False, mark).replace(mark, self.line_end)
        return text.encode("utf-8", ROW_ERRORS)

    def header(self, frame: Any, with_origin: bool) -> Optional[bytes]:
        """The header line, when the options ask for one."""
        if not self.has_header:
            return None
        origin = Origin(0, (), "", False) if with_origin else None
        text = self._text(frame.head(0), origin, self.header_option, self.line_end)
        return text.encode("utf-8", ROW_ERRORS)

    def _text(self, frame: Any, origin: Optional[Origin], header: Any, line_end: str) -> str:
        options = dict(self.options)
        if origin is not None:
            frame = _with_origin(frame, origin, options)
        try:
            text: str = frame.to_csv(None, header=header, lineterminator=line_end, **options)
        except TypeError as error:
            if "lineterminator" not in str(error):
                raise
            text = frame.to_csv(None, header=header, line_terminator=line_end, **options)
        return text


def _with_origin(frame: Any, origin: Origin, options: Dict[str, Any]) -> Any:
    """The same rows, with mini-batch and source in front as levels of the index.

    So they are the first columns whatever ``columns``, ``index`` and ``header`` say.
    """
    import pandas

    count = len(frame)
    levels = [
        pandas.Index([origin.mini_batch] * count, dtype="int64"),
        pandas.Index(origin.sources(count), dtype=object),
    ]
    names = [MINI_BATCH, SOURCE]
    labels = options.pop("index_label", None)
    if options["index"]:
        levels += [frame.index.get_level_values(level) for level in range(frame.index.nlevels)]
        if labels:
            names += [labels] if isinstance(labels, str) else list(labels)
        else:
            names += frame.index.names
    frame = frame.set_axis(pandas.MultiIndex.from_arrays(levels, names=names), axis=0)
    options["index"] = True
    return frame

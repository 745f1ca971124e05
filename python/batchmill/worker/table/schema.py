"""The columns of a table, typed once for the whole input (docs/formats/schema.md)."""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple

TYPES = ("int", "float", "bool", "datetime", "string")


class SchemaError(Exception):
    """A schema of another version, or with a type that is not known."""


class Column(NamedTuple):
    name: str
    type: str
    format: str  # of a datetime: "iso", or "m/d/Y" or "d/m/Y", perhaps with " H:M" or " H:M:S"


class TableSchema(NamedTuple):
    columns: List[Column]
    delimiter: str
    empty_as_string: bool


def from_json(value: Dict[str, Any]) -> TableSchema:
    if value["version"] != 1:
        raise SchemaError(f"schema of version {value['version']}")
    columns = []
    for column in value["columns"]:
        if column["type"] not in TYPES:
            raise SchemaError(f"column '{column['name']}' has the unknown type '{column['type']}'")
        columns.append(Column(column["name"], column["type"], column.get("format", "")))
    return TableSchema(columns, value.get("delimiter", ","), value.get("empty_as_string", False))

"""Tables of the world: rows that come and go, such as unpaid invoices. Like columns, they are saved at midnight."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

TABLES: dict[str, dict[str, str]] = {
    "invoices": {"due_day": "int32", "outlet": "int32", "distributor": "int32", "cents": "int64"},
    "returners": {"outlet": "int32", "product": "int32", "cause": "int8"},
    "events": {
        "day": "int32", "minute": "int32", "kind": "int16", "territory": "int32",
        "subject_axis": "int8", "subject": "int32", "object_axis": "int8", "object": "int32", "value": "float64",
    },
    "visits": {
        "day": "int32", "advisor": "int32", "stop": "int16", "outlet": "int32", "arrive_minute": "float32",
        "leave_minute": "float32", "order_units": "int32", "lines": "int16", "listings": "int16",
    },
    "households": {"day": "int32", "household": "int32", "outlet": "int32", "product": "int32"},
    "targets": {"day": "int32", "level": "int8", "subject": "int32", "units": "int64", "achieved_units": "int64"},
}  # fmt: skip
"""Fields and types of every table."""


class Table:
    """Rows held column by column; appending is amortised, order is the order of appending."""

    def __init__(self, name: str, fields: dict[str, str]) -> None:
        self.name = name
        self.n = 0
        self._data: dict[str, Array] = {f: np.zeros(64, dtype=t) for f, t in fields.items()}

    def __getitem__(self, field: str) -> Array:
        """Return the rows of one field, shape (n,)."""
        return self._data[field][: self.n]

    def append(self, **values: object) -> None:
        """Add rows; every field must be given, scalars stand for all rows."""
        if values.keys() != self._data.keys():
            raise KeyError(f"table {self.name} has the fields {sorted(self._data)}, not {sorted(values)}")
        lengths = [len(v) for v in values.values() if isinstance(v, list) or (isinstance(v, np.ndarray) and v.ndim)]
        if 0 in lengths:
            return
        end = self.n + max(lengths, default=1)
        self._reserve(end)
        for field, value in values.items():
            self._data[field][self.n : end] = value
        self.n = end

    def truncate(self, n: int) -> None:
        """Keep the first n rows; for kernels that have moved what stays to the front."""
        self.n = n

    def clear(self) -> None:
        """Remove all rows."""
        self.n = 0

    def columns(self) -> dict[str, Array]:
        """Return copies of all fields, for saving."""
        return {f: d[: self.n].copy() for f, d in self._data.items()}

    def restore(self, columns: dict[str, Array]) -> None:
        """Replace all rows by saved ones."""
        self.n = 0
        self.append(**columns)

    def _reserve(self, rows: int) -> None:
        size = next(iter(self._data.values())).shape[0]
        if rows <= size:
            return
        grown = max(rows, 2 * size)
        for field, data in self._data.items():
            bigger = np.zeros(grown, dtype=data.dtype)
            bigger[: self.n] = data[: self.n]
            self._data[field] = bigger

"""The world: all state columns and tables of one market, their sizes and names, and what must hold at every midnight.

Columns hold what there is one of for each row of an axis; tables hold rows that come and go, such as unpaid invoices.
Both are saved at midnight.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import WorldError
from sim.scenario.schema import Scenario
from sim.world.columns import BY_NAME, COLUMNS

Array = NDArray[Any]

RING_DAYS = 256
"""Length of the rings of due days; longer than the longest payment term and transport."""

HISTORY_DAYS = 56
NEVER = -1_000_000

_FIELDS = {
    "invoices": "due_day int32, outlet int32, distributor int32, cents int64",
    "returners": "outlet int32, product int32, cause int8",
    "events": "day int32, minute int32, kind int16, territory int32, subject_axis int8, subject int32, "
    "object_axis int8, object int32, value float64",
    "visits": "day int32, advisor int32, stop int16, outlet int32, arrive_minute float32, leave_minute float32, "
    "order_units int32, lines int16, listings int16",
    "households": "day int32, household int32, outlet int32, product int32",
    "targets": "day int32, level int8, subject int32, units int64, achieved_units int64",
}
TABLES: dict[str, dict[str, str]] = {
    table: dict(field.split() for field in fields.split(", ")) for table, fields in _FIELDS.items()
}
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


@dataclass(frozen=True)
class Names:
    """External identifiers by row, in the order of the columns."""

    territories: tuple[str, ...]
    outlets: tuple[str, ...]
    outlet_names: tuple[str, ...]
    products: tuple[str, ...]
    brands: tuple[str, ...]
    companies: tuple[str, ...]
    distributors: tuple[str, ...]
    advisors: tuple[str, ...]
    channels: tuple[str, ...]
    labels: dict[str, str] = dataclasses.field(default_factory=dict)

    def label(self, identifier: str) -> str:
        """Return the name shown for an identifier."""
        return self.labels.get(identifier, identifier)


class World:
    """State of one market; columns are attributes, declared in `sim.world.columns`.

    Columns are written in place by their owner (`world.goodwill[...] = …`); an attribute can't be replaced.

    Attributes
    ----------
    scenario : what the market was built from.
    sizes : number of rows by axis.
    names : external identifiers.
    borders : polygons of the territories that have one, shape (n_points, 2). [km]
    """

    def __init__(self, scenario: Scenario, names: Names, sizes: dict[str, int]) -> None:
        object.__setattr__(self, "scenario", scenario)
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "sizes", sizes)
        columns: dict[str, Array] = {c.name: np.zeros(tuple(sizes[a] for a in c.axes), dtype=c.dtype) for c in COLUMNS}
        object.__setattr__(self, "columns", columns)
        object.__setattr__(self, "borders", {})
        # Columns are found as plain attributes, so that reading one costs no more than any other attribute.
        self.__dict__.update(columns)
        object.__setattr__(self, "tables", {name: Table(name, fields) for name, fields in TABLES.items()})

    scenario: Scenario
    names: Names
    sizes: dict[str, int]
    columns: dict[str, Array]
    tables: dict[str, Table]
    borders: dict[str, Array]

    def __getattr__(self, name: str) -> Array:
        raise AttributeError(f"the world has no column '{name}'")

    def __setattr__(self, name: str, value: object) -> None:
        raise WorldError(f"world.{name} can't be replaced; write into the column in place")

    def fill(self, name: str, values: object) -> None:
        """Set a whole column during the build, with its declared type and shape."""
        column = self.columns[name]
        array = np.asarray(values)
        if array.shape not in ((), column.shape):
            raise WorldError(f"column {name}: shape {array.shape}, declared {column.shape}")
        column[...] = array

    def dynamic(self) -> Iterator[tuple[str, Array]]:
        """Yield the columns that move after the build, in declared order."""
        for name, array in self.columns.items():
            if BY_NAME[name].owner != "build":
                yield name, array

    @property
    def n_outlets(self) -> int:
        """Number of outlet rows, future and closed ones included."""
        return self.sizes["outlet"]


IN_UNIT_INTERVAL = (
    "relation",
    "habit",
    "brand_capital",
    "is_listed",
    "trial",
    "selling",
    "service",
    "coaching",
    "farmer",
    "outlet_mix",
)

NOT_NEGATIVE = (
    "open_order_units",
    "factory_backlog_units",
    "distributor_markdown",
    "price_disorder",
    "sales_rate",
    "goodwill",
)


def check_world(world: World) -> None:
    """Raise `WorldError`, with column and first row, where a value is out of its bounds: a defect of the program."""
    for name in IN_UNIT_INTERVAL:
        _demand_within(world, name, 1.0 + 1e-9, "must lie in [0, 1]")
    for name in NOT_NEGATIVE:
        _demand_within(world, name, np.finfo(np.float64).max, "must be finite and not negative")


def _demand_within(world: World, name: str, most: float, rule: str) -> None:
    """Least and largest value settle the matter without temporary arrays; NaN fails both comparisons."""
    column = world.columns[name]
    if column.size == 0 or (column.min() >= 0.0 and column.max() <= most):
        return
    wrong = np.argwhere(~((column >= 0.0) & (column <= most)))
    where = tuple(int(k) for k in wrong[0])
    raise WorldError(f"world.{name}{list(where)} = {column[where]}: {rule}")

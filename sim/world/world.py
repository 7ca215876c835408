"""The world: all state columns of one market, their sizes and names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import WorldError
from sim.scenario.schema import Scenario
from sim.world.columns import BY_NAME, COLUMNS
from sim.world.tables import TABLES, Table

Array = NDArray[Any]

RING_DAYS = 256
"""Length of the rings of due days; longer than the longest payment term and transport."""

HISTORY_DAYS = 56
NEVER = -1_000_000


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
    labels: dict[str, str] = field(default_factory=dict)

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

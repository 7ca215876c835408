"""Outcomes and luck for tests of the statistics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.sampling import normal_quantiles
from sim.streams import slot_of, uniforms

PROFIT = "profit_manufacturer"  # higher is better
COST = "cost_per_unit"  # lower is better
SPENDING = "spending"  # neutral

ByStrategy = Mapping[str, Sequence[float]]


def outcomes(values: ByStrategy, kpi: str = PROFIT, future: str | None = None) -> pd.DataFrame:
    """Tidy outcomes of one KPI from the values of each strategy by replication."""
    rows = [(s, r, kpi, v) for s, own in values.items() for r, v in enumerate(own)]
    table = pd.DataFrame(rows, columns=["strategy", "replication", "kpi", "value"])
    return table if future is None else table.assign(future=future)


def normals(name: str, *shape: int) -> NDArray[np.float64]:
    """Keyed standard normals, the same in every call."""
    size = int(np.prod(shape))
    return normal_quantiles(uniforms(slot_of(name), np.arange(size, dtype=np.uint64), 0)).reshape(shape)

"""What days reckoned by hand share: a market whose every number differs, columns as they were, draws by their keys."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np

from sim.engine import Session
from sim.sampling import normal_quantile
from sim.streams import DecisionPoint, key_of, uniform
from tests.effects.market import scenario_of
from tests.markets import merged

Array = np.ndarray
GOLDEN = 0.6180339887498949
NOBODY_SHOPS: dict[str, Any] = {
    "calendar": {
        "holidays": [{"first_date": "2025-12-01", "duration_days": 60, "demand_multiplier": 0.0, "field_works": True}]
    }
}
"""No shopper comes before February (with `mechanisms.season` on), so that stocks and sales stay as they are set."""


def session(*changes: Mapping[str, Any]) -> Session:
    """A quiet market with changes, before its first morning."""
    return Session(scenario_of(merged(*changes)))


def scattered(column: Array, low: float, high: float, seed: int = 1) -> None:
    """Fill a column with values that all differ, evenly over a range, in an order without pattern."""
    n = column.size
    values = low + (high - low) * ((np.arange(1, n + 1) * GOLDEN + 0.317 * seed) % 1.0)
    column[...] = values.reshape(column.shape).astype(column.dtype)


def as_it_is(held: Session) -> SimpleNamespace:
    """A copy of all columns of the world."""
    return SimpleNamespace(**{name: column.copy() for name, column in held.world.columns.items()})


class Draws:
    """The draws of one day, as docs/randomness.md says."""

    def __init__(self, held: Session, period: int) -> None:
        self._seed, self._period = held.seed, period

    def u(self, point: DecisionPoint, slot: Any, index: int = 0, actor: int = 0) -> float:
        """A uniform; `actor` is the slot of a company whose people draw by themselves."""
        key = np.uint64(key_of(self._seed, 0, int(point), self._period)) ^ np.uint64(actor)
        return float(uniform(key, np.uint64(slot), index))

    def z(self, point: DecisionPoint, slot: Any, index: int = 0, actor: int = 0) -> float:
        """A standard normal."""
        return float(normal_quantile(self.u(point, slot, index, actor)))


def in_cases(wanted: float, case: int, minimum: int = 1) -> int:
    """Whole cases: the nearest number, at least the minimum; none for less than half a case."""
    cases = int(np.floor(wanted / case + 0.5)) if wanted > 0.0 else 0
    return 0 if cases == 0 else max(cases, minimum) * case

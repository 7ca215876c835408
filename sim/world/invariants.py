"""What must hold at every midnight; a breach is a defect of the program."""

from __future__ import annotations

import numpy as np

from sim.errors import WorldError
from sim.world.world import World

SHARES = ("relation", "habit", "is_listed", "trial", "selling", "service", "coaching", "farmer", "outlet_mix")

NOT_NEGATIVE = (
    "open_order_units", "factory_backlog_units", "distributor_markdown", "price_disorder", "sales_rate", "goodwill",
)  # fmt: skip


def check_world(world: World) -> None:
    """Raise `WorldError` naming the column and the first row where a value is out of its bounds."""
    for name in SHARES:
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

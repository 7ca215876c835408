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
        column = world.columns[name]
        wrong = np.argwhere(~((column >= 0.0) & (column <= 1.0 + 1e-9)))
        if wrong.shape[0]:
            where = tuple(int(k) for k in wrong[0])
            raise WorldError(f"world.{name}{list(where)} = {column[where]}: must lie in [0, 1]")
    for name in NOT_NEGATIVE:
        if not np.isfinite(world.columns[name]).all() or world.columns[name].min(initial=0) < 0:
            raise WorldError(f"world.{name}: must be finite and not negative")

"""Outlets of each territory, sorted once: no actor searches the whole market for the outlets of one place."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.world.world import World

Array = NDArray[Any]


class ByTerritory:
    """Rows of the outlets by territory, ascending; derived from columns that never change.

    Attributes
    ----------
    rows : shape (n_outlets,), one territory after the other.
    first : shape (n_territories + 1,). Where each territory begins in `rows`.
    """

    def __init__(self, world: World) -> None:
        n = world.sizes["territory"]
        self.rows = np.argsort(world.outlet_territory, kind="stable")
        self.first = np.searchsorted(world.outlet_territory[self.rows], np.arange(n + 1))

    def __getitem__(self, territory: int) -> Array:
        """Return the rows of one territory's outlets, ascending, shape (n,)."""
        return self.rows[self.first[territory] : self.first[territory + 1]]

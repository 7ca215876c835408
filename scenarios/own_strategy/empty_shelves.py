"""A strategy of one's own: call more often on shops whose shelves our people keep finding empty."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from sim.scenario.schema.common import quantity
from sim.strategies.base import Decision, Memory, Note, Pull, Strategy
from sim.strategies.view import View

OURS = 0


class EmptyShelves(Strategy):
    """Call more often where our products are found out of stock."""

    kind: ClassVar[str] = "empty_shelves"

    empty_from: float = quantity(0.2, "Share of our products found empty from which a shop counts.", gt=0, le=1)
    interval_factor: float = quantity(0.5, "Its days between visits against those of its class.", ge=0.02, le=1)

    def decide(self, view: View, memory: Memory) -> Decision:
        """Shorten the interval of the shops that count."""
        # Nobody has been inside yet: not a number, which counts as full.
        empty = np.nan_to_num(view.outlets.seen_empty[:, OURS]) >= self.empty_from
        rows = view.outlets.row[empty]
        if rows.size == 0:
            return Decision(memory=memory)
        pull = Pull("outlet_interval", self.interval_factor, {"outlet": rows})
        return Decision((pull,), memory, (Note("called_more_often", value=float(rows.size)),))

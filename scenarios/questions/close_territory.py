"""A strategy that gives ground up: its people and spending go to the counties that stay, or are saved."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from sim.scenario.schema.common import quantity
from sim.strategies.base import Decision, Memory, Note, Pull, Strategy
from sim.strategies.pulls import SPENDING, changes, mask, move_people, split, territory_rows
from sim.strategies.view import View


class CloseTerritory(Strategy):
    """Give notice in some territories on the first day, and move what worked there to the others, or save it."""

    kind: ClassVar[str] = "close_territory"

    territories: tuple[str, ...] = quantity((), "Territories to close.", "list")
    means: Literal["moved", "saved"] = quantity("moved", "Whether people and spending go to the others.", "-")

    def decide(self, view: View, memory: Memory) -> Decision:
        """Give notice on the first day, and keep to it."""
        rows = territory_rows(self.territories, view)
        if not rows.size:
            return Decision()
        closed = mask(rows, len(view.names.territories))
        pulls: tuple[Pull, ...] = (Pull("open", 0.0, {"territory": rows}),)
        weight = np.where(closed, 0.0, view.territories.potential)
        for lever in ("advisors", *SPENDING):
            now = view.baseline[lever]
            given = np.where(closed, now, 0).astype(np.int64)
            come = split(int(given.sum()), weight) if self.means == "moved" else 0 * given
            pulls += (
                move_people(come - given, "least_experienced") if lever == "advisors" else changes(lever, come - given)
            )
        notes = () if memory else tuple(Note("notice_given", int(t)) for t in rows)
        return Decision(pulls, {"given": True}, notes)

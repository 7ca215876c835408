"""The year's calendar: when to advertise, when and where to promote."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

import numpy as np
from pydantic import Field, model_validator

from sim.scenario.schema.common import quantity
from sim.strategies.base import Decision, Memory, Pull, Strategy
from sim.strategies.pulls import all_stated, changes, lever_field, territory_rows
from sim.strategies.view import View

JANUARY_TO_DECEMBER = 12


class Calendar(Strategy):
    """Spread advertising and promotions over the year; only what is stated changes."""

    kind: ClassVar[str] = "calendar"

    advertising_by_month: tuple[Annotated[float, Field(ge=0, le=100)], ...] | None = quantity(
        None,
        "Advertising against today's from January to December; a mean of 1 keeps the year's spending.",
        min_length=JANUARY_TO_DECEMBER,
        max_length=JANUARY_TO_DECEMBER,
    )
    promotion_every_days: int | None = lever_field("promotion_every_days")
    promotion_length_days: int | None = lever_field("promotion_length_days")
    promotion_cut: float | None = lever_field("promotion_cut")
    promotion_territories: tuple[str, ...] | None = quantity(
        None, "Territories with promotions, none elsewhere; as before when absent.", "list"
    )

    @model_validator(mode="after")
    def _promotions_end(self) -> Self:
        every, length = self.promotion_every_days, self.promotion_length_days
        if every and length and length > every:
            raise ValueError("promotion_length_days must not exceed promotion_every_days")
        return self

    def decide(self, view: View, memory: Memory) -> Decision:
        """Pull the month's advertising and the promotions."""
        promotions = all_stated(self, ("promotion_every_days", "promotion_length_days", "promotion_cut"))
        return Decision((*self._advertising(view), *promotions, *self._places(view)), memory)

    def _advertising(self, view: View) -> tuple[Pull, ...]:
        """Return the change of the month in which the decision is taken."""
        if self.advertising_by_month is None:
            return ()
        change = (self.advertising_by_month[view.when.month - 1] - 1.0) * view.baseline["advertising_cents"]
        return changes("advertising_cents", change)

    def _places(self, view: View) -> tuple[Pull, ...]:
        if self.promotion_territories is None:
            return ()
        rows = territory_rows(self.promotion_territories, view)
        on = np.isin(np.arange(len(view.names.territories)), rows)
        return (Pull("promotion_on", on.astype(np.float64)),)

"""Discipline in the channel: inspectors and penalties against goods that leave their territory."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from sim.scenario.schema.common import quantity
from sim.strategies.base import Decision, Memory, Note, Strategy
from sim.strategies.pulls import lever_field, stated
from sim.strategies.view import View

Array = NDArray[Any]


class Discipline(Strategy):
    """Keep prices in order: watch for diverted goods, everywhere or where books and shelves disagree."""

    kind: ClassVar[str] = "discipline"

    inspectors: float | None = lever_field(
        "inspectors", "Inspectors in each territory watched, in addition to today's."
    )
    penalty_cents: float | None = lever_field("penalty_cents")
    where: Literal["signs", "everywhere"] = quantity(
        "signs", "Territories watched: those with signs of diversion, or all.", "-"
    )
    ahead: float = quantity(
        1.2, "A sign: purchases against believed sales are this many times those of the whole market.", "[1, 100]"
    )
    neighbours: bool = quantity(
        True, "Whether the neighbours of such a territory are watched too: goods are caught where they arrive.", "-"
    )

    def decide(self, view: View, memory: Memory) -> Decision:
        """Send inspectors; set the penalty."""
        signs = signs_of_diversion(view, self.ahead)
        watched = signs | (view.territories.adjacent[signs].any(axis=0) if self.neighbours else False)
        if self.where == "everywhere":
            watched = np.ones(signs.shape, dtype=bool)
        pulls = (
            *stated("inspectors", self.inspectors or None, territory=np.flatnonzero(watched)),
            *stated("penalty_cents", self.penalty_cents),
        )
        found = np.flatnonzero(signs) if self.inspectors and self.where == "signs" else ()
        return Decision(pulls, memory, tuple(Note("sign_of_diversion", int(t)) for t in found))


def signs_of_diversion(view: View, ahead: float) -> Array:
    """Return where distributors buy more than their shops seem to sell, shape (n_territories,).

    Parameters
    ----------
    ahead : factor on the market's own ratio of purchases to believed sales. The database never holds all shops, so that
        purchases run ahead of believed sales everywhere; what counts is to be ahead of the others.

    Notes
    -----
    A distributor's purchases belong to its territories in proportion to their believed sales, equally without any.
    """
    d = view.distributors
    sales = np.nan_to_num(view.territories.sales_rate)
    covers = d.covers * (d.is_contracted.astype(bool)[:, None])
    weight = covers * sales[None, :]
    weight = np.where(weight.sum(axis=1, keepdims=True) > 0.0, weight, covers)
    share = weight / np.maximum(weight.sum(axis=1, keepdims=True), 1e-300)
    bought: Array = np.nan_to_num(d.purchase_rate) @ share
    usual = float(bought.sum()) / float(sales.sum()) if sales.sum() > 0.0 else np.inf
    # Without believed sales anywhere nothing can be compared.
    return (
        (bought > 0.0) & (bought > ahead * usual * sales) if np.isfinite(usual) else np.zeros(sales.shape, dtype=bool)
    )

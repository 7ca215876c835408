"""Hold the big customers: choose core distributors, serve them along four flows, drop or keep the small ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from sim.scenario.schema.common import quantity
from sim.strategies.base import Decision, Memory, Note, Pull, Strategy
from sim.strategies.pulls import all_stated, lever_field, stated, visit_factor, visits
from sim.strategies.view import View

Array = NDArray[Any]

RARELY = 730.0
"""Days between visits that come as near to never as the lever allows. [days]"""
CLASS_C = 2


class KeyAccounts(Strategy):
    """Hold the big customers: long ties with few strong distributors and the best outlets."""

    kind: ClassVar[str] = "key_accounts"

    share_of_sales: float | None = quantity(
        None,
        "Core distributors are the fewest that make this share of our sales (0.8 for 80:20); today's core when absent.",
        "(0, 1]",
    )
    potential_weight: float = quantity(
        0.0, "Weight of rated potential against purchases in the choice of core distributors.", "[0, 1]"
    )
    attention_weight: float = quantity(
        0.0, "Weight of rated attention to us against purchases and potential in that choice.", "[0, 1]"
    )
    choose_every_days: int = quantity(
        364, "Days for which a choice of core distributors holds: long ties.", "[1, 36_500] days"
    )
    first_choice_days: int = quantity(
        0, "Days until the first choice, so that candidates can sign before the others are dismissed.", "[0, 5000] days"
    )
    small: Literal["keep", "merge"] = quantity(
        "keep", "The other distributors: keep them, or dismiss those whose territories a core one covers too.", "-"
    )
    offer_cents: int | None = lever_field("offer_cents", "Offer to candidates that fit; none when absent.")
    least_fit: float = quantity(0.5, "Rated potential from which a candidate fits.", "[0, 1]")
    poach_cents: int | None = lever_field(
        "poach_cents",
        "Offer to rivals' distributors that fit, in territories where we have none and none that fits is free.",
    )

    discount: float | None = lever_field("discount", "Trade: discount of core distributors, added to today's.")
    rebate_rate: float | None = lever_field(
        "rebate_rate", "Trade: rebate of core distributors that reach their target."
    )
    information_system: bool = quantity(False, "Information: core distributors share their data.", "-")
    coaching_cents: int | None = lever_field("coaching_cents", "Logistics: coaching of each core distributor.")
    network_cents: int | None = lever_field(
        "network_cents", "Network: help of each core distributor in winning outlets."
    )
    terms_days: int | None = lever_field("terms_days", "Cash: days that core distributors have to pay.")

    least_return: float | None = quantity(
        None,
        "Rated return on capital below which a core distributor is given these flows; whoever earns more needs none. "
        "Every core distributor when absent, and where none is rated.",
        "[-10, 10] 1/year",
    )

    visit_every_days_a: float | None = lever_field("visit_every_days", "Days between visits to class A.")
    visit_every_days_b: float | None = lever_field("visit_every_days", "Days between visits to class B.")
    small_outlets: Literal["visit_less", "leave", "as_before"] = quantity(
        "as_before", "Outlets of class C: visit them less often, leave them to the distributors, or as before.", "-"
    )
    visit_less_factor: float = quantity(2.0, "How much longer `visit_less` makes the days between visits.", "[1, 50]")

    def decide(self, view: View, memory: Memory) -> Decision:
        """Choose and serve core distributors; see the parameters."""
        chosen = self._chosen(view, memory)
        core = _core(view, chosen)
        dismissed = self._dismissed(view, memory, core)
        offered = self._offered(view, memory, dismissed)
        pulls = (
            *self._marks(view, core),
            *stated("dismiss", 1.0, distributor=dismissed),
            *stated("offer_cents", self.offer_cents, distributor=offered),
            *stated("poach_cents", self.poach_cents, territory=self._courted(view)),
            *self._services(view, core),
            *visits((self.visit_every_days_a, self.visit_every_days_b, None)),
            *self._small_outlets(view),
        )
        kept = {**chosen, "dismissed": dismissed.tolist(), "offered": offered.tolist()}
        return Decision(pulls, kept, _notes(view, memory, chosen, dismissed))

    def _chosen(self, view: View, memory: Memory) -> Mapping[str, Any]:
        """Return the choice that holds: the remembered one until it is too old, {} without a choice."""
        if self.share_of_sales is None:
            return {}
        if "core" in memory and view.day - memory["since"] < self.choose_every_days:
            return {"core": memory["core"], "since": memory["since"]}
        if view.day < self.first_choice_days:
            return {}
        candidates = view.distributors.is_contracted
        d, attention = view.distributors, self.attention_weight
        weight = (1.0 - self.potential_weight) * _share(d.purchase_rate, candidates)
        weight += self.potential_weight * _share(d.rated_potential, candidates)
        weight = (1.0 - attention) * weight + attention * _share(d.rated_attention, candidates)
        if not weight.any():
            return {}
        return {"core": view.distributors.row[fewest(weight, self.share_of_sales)].tolist(), "since": view.day}

    def _marks(self, view: View, core: Array) -> tuple[Pull, ...]:
        """Mark every contracted distributor as core or not, where we choose."""
        if self.share_of_sales is None:
            return ()
        ours = view.distributors.is_contracted
        if not ours.any():
            return ()
        return (Pull("core", core[ours].astype(np.float64), {"distributor": view.distributors.row[ours]}),)

    def _dismissed(self, view: View, memory: Memory, core: Array) -> Array:
        """Return rows of the distributors that have to go or stay away: not core, and nowhere missed."""
        d = view.distributors
        if self.small == "keep":
            return d.row[:0]
        covered = d.covers[core].any(axis=0)
        known = d.is_contracted | np.isin(d.row, memory.get("dismissed", ()))
        rows: Array = d.row[known & ~core & ~(d.covers & ~covered).any(axis=1)]
        return rows

    def _offered(self, view: View, memory: Memory, dismissed: Array) -> Array:
        """Return rows of candidates that fit, and of those who signed for our offer: the plan goes on paying it."""
        d = view.distributors
        if self.offer_cents is None:
            return d.row[:0]
        fits = (d.holder < 0) & self._fits(view)
        signed = d.is_contracted & np.isin(d.row, memory.get("offered", ()))
        rows: Array = d.row[(fits | signed) & ~np.isin(d.row, dismissed)]
        return rows

    def _fits(self, view: View) -> Array:
        fits: Array = np.nan_to_num(view.distributors.rated_potential) >= self.least_fit
        return fits

    def _courted(self, view: View) -> Array:
        """Return rows of the territories in which only a rival has a distributor that fits."""
        d = view.distributors
        within_reach = d.is_contracted | ((d.holder < 0) & self._fits(view))
        theirs = d.covers[(d.holder > 0) & self._fits(view)].any(axis=0)
        rows: Array = np.flatnonzero(theirs & ~d.covers[within_reach].any(axis=0))
        return rows

    def _services(self, view: View, core: Array) -> tuple[Pull, ...]:
        d = view.distributors
        helped = core if self.least_return is None else core & ~(d.rated_return >= self.least_return)
        system = stated("information_system", self.information_system or None, distributor=d.row[core])
        flows = all_stated(
            self,
            ("discount", "rebate_rate", "coaching_cents", "network_cents", "terms_days"),
            distributor=d.row[helped],
        )
        return (*flows, *system)

    def _small_outlets(self, view: View) -> tuple[Pull, ...]:
        if self.small_outlets == "leave":
            return visits((None, None, RARELY))
        if self.small_outlets == "visit_less":
            return visit_factor(view, np.arange(len(view.names.territories)), self.visit_less_factor, (CLASS_C,))
        return ()


def fewest(weight: Array, share: float) -> Array:
    """Return which rows are the fewest that make a share of all weight, shape (n,); the earlier row among equals.

    Parameters
    ----------
    weight : shape (n,), not negative, not all zero.
    share : in (0, 1].
    """
    order = np.argsort(-weight, kind="stable")
    running = np.cumsum(weight[order])
    # A share of 1 must not fail by the last bit of the sum.
    enough = int(np.searchsorted(running, share * running[-1] * (1.0 - 1e-12)))
    chosen = np.zeros(weight.shape[0], dtype=bool)
    chosen[order[: enough + 1]] = True
    return chosen & (weight > 0.0)


def _share(values: Array, among: Array) -> Array:
    """Shares of the rows among some, 0 elsewhere; what is not a number counts as none."""
    counted = np.where(among, np.maximum(np.nan_to_num(values), 0.0), 0.0)
    total = float(counted.sum())
    return counted / total if total > 0.0 else counted


def _core(view: View, chosen: Mapping[str, Any]) -> Array:
    """Return which distributors are core and ours, shape (n,): the chosen ones, or today's without a choice."""
    d = view.distributors
    marked: Array = np.isin(d.row, chosen["core"]) if chosen else d.is_core.astype(bool)
    return marked & d.is_contracted


def _notes(view: View, memory: Memory, chosen: Mapping[str, Any], dismissed: Array) -> tuple[Note, ...]:
    new = [Note("core_chosen", -1, len(chosen["core"]))] if chosen and chosen["since"] != memory.get("since") else []
    territory_of = dict(zip(view.distributors.row.tolist(), view.distributors.territory.tolist(), strict=True))
    fresh = np.setdiff1d(dismissed, memory.get("dismissed", ())).astype(int)
    return (*new, *(Note("dismissed", territory_of[row], row) for row in fresh.tolist()))

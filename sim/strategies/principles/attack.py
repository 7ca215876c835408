"""Attack the weak, and the weak links of the strong (攻击弱者与薄弱环节): one rival, where it can be hit."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from sim.scenario.schema.common import Spec, quantity
from sim.strategies.base import Decision, Memory, Note, Pull, Strategy
from sim.strategies.pulls import SPENDING, Movers, Source, brought, changes, company_row, mask, move_people
from sim.strategies.ranking import best_first, scaled
from sim.strategies.view import View

Array = NDArray[Any]


Who = Literal["weakest", "strongest_weak_link", "nearest", "none", "given"]


class WeakLinks(Spec):
    """Weights of a rival's observed weaknesses in a territory, each from 0 (the least of all) to 1 (the most)."""

    coverage: float = quantity(1.0, "Weight of outlets that do not carry it.", "[0, 10]")
    out_of_stock: float = quantity(1.0, "Weight of its empty shelves.", "[0, 10]")
    price: float = quantity(1.0, "Weight of its price against the usual one.", "[0, 10]")
    promoters: float = quantity(1.0, "Weight of the lack of its promoters.", "[0, 10]")
    share: float = quantity(1.0, "Weight of its share, which is there to be won.", "[-10, 10]")
    potential: float = quantity(1.0, "Weight of the size of the known market.", "[-10, 10]")

    def score(self, view: View, rival: int) -> Array:
        """Return how well the rival can be hit in each territory, shape (n,); what nobody saw counts as the middle."""
        there = view.territories
        score: Array = (
            self.coverage * scaled(-there.coverage[:, rival])
            + self.out_of_stock * scaled(there.out_of_stock[:, rival])
            + self.price * scaled(there.price[:, rival])
            + self.promoters * scaled(-there.promoters[:, rival])
            + self.share * scaled(there.share[:, rival])
            + self.potential * scaled(there.potential)
        )
        return score

    def best(self, view: View, rival: int, n: int) -> Array:
        """Return the n best territories where the rival is known to sell, best first."""
        order = best_first(self.score(view, rival))
        sells = np.nan_to_num(view.territories.share[:, rival], nan=0.0) > 0
        return order[sells[order]][:n]


def market_share(view: View) -> Array:
    """Return believed shares of the whole market, weighted by potential, shape (n_companies,).

    NaN without a territory whose share is known.
    """
    share, potential = view.territories.share, view.territories.potential
    known = np.isfinite(share[:, 0]) & (potential > 0)
    if not known.any():
        return np.full(share.shape[1], np.nan)
    mean: Array = potential[known] @ share[known] / potential[known].sum()
    return mean


def target_of(view: View, who: Who) -> int | None:
    """Return the row of the rival to hit, the earlier among equals; None when there is none to be seen.

    Parameters
    ----------
    who : "weakest", the smallest share; "strongest_weak_link", the largest; "nearest", the share next to ours.
    """
    share = market_share(view)
    rivals = 1 + np.flatnonzero(np.nan_to_num(share[1:], nan=0.0) > 0)
    if not rivals.shape[0]:
        return None
    by = {"weakest": share[rivals], "strongest_weak_link": -share[rivals], "nearest": np.abs(share[rivals] - share[0])}
    return int(rivals[np.argmin(by[who])])


def led_outlets(view: View, rival: int, territories: Array) -> Array:
    """Return handles of known outlets in some territories where the rival sells most, shape (k,)."""
    outlets = view.outlets
    share = np.nan_to_num(outlets.seen_share, nan=0.0)
    led = (share[:, rival] > 0) & (share[:, rival] >= share.max(axis=1)) & np.isin(outlets.territory, territories)
    rows: Array = outlets.row[led]
    return rows


class Attack(Strategy):
    """Bring people, money and prices to the places where the target is seen to be weak."""

    kind: ClassVar[str] = "attack"

    who: Who = quantity(
        "strongest_weak_link",
        "Target: the weakest rival, the weak links of the strongest, the one whose share is nearest to ours, nobody, "
        "or a given one.",
        "-",
    )
    rival: str | None = quantity(None, "The target for `who: given`.", "-")
    weak_links: WeakLinks = quantity(text="Where the target is hit.", domain="-", factory=WeakLinks)
    territories: int = quantity(2, "Territories of the attack.", "[0, 10_000] territories")
    retarget_days: int = quantity(168, "Days until target and places are chosen anew.", "[1, 5000] days")
    advisors: int = quantity(1, "Advisors brought to each.", "[0, 10_000] persons")
    people: Source = quantity("moved", "Whether they come from the other territories or are hired.", "-")
    promoters: int = quantity(1, "Promoters brought to each.", "[0, 10_000] persons")
    advertising_cents: int = quantity(0, "Advertising brought to each.", "[0, 1e12] cents/month")
    display_cents: int = quantity(200_000, "Paid displays brought to each.", "[0, 1e12] cents/month")
    money: Source = quantity("moved", "Whether these come from the other territories or are added.", "-")
    most_taken: float = quantity(0.5, "Largest part of what the other territories have that is moved.", "[0, 1]")
    movers: Movers = quantity("least_experienced", "Who goes first when a post moves.", "-")
    price_cut: float = quantity(0.0, "Cut of our shelf prices there, on top of today's.", "[0, 0.9]")
    promotions: Literal["as_today", "here_only"] = quantity(
        "as_today", "Whether our regular promotions run where they run today, or only there.", "-"
    )
    outlet_factor: float = quantity(
        0.5, "Factor on the days between visits to outlets there in which the target sells most.", "[0.02, 100]"
    )
    displace: bool = quantity(True, "Whether our people push the target's products off the shelves there.", "-")
    poach_cents: int = quantity(0, "Offer to its distributors in each of them.", "[0, 1e10] cents/month")

    @model_validator(mode="after")
    def _rival_is_given(self) -> Self:
        if (self.who == "given") != (self.rival is not None):
            raise ValueError("`who: given` and `rival` belong together")
        return self

    def decide(self, view: View, memory: Memory) -> Decision:
        """Keep hitting the same rival in the same places until it is time to look again."""
        if self.who == "none" or not self.territories:
            return Decision()
        if "since" in memory and view.day - memory["since"] < self.retarget_days:
            target, rows = memory["target"], np.array(memory["places"], dtype=np.int64)
            return Decision(self._pulls(view, target, rows), dict(memory))
        target, rows = self._found(view)
        if target is None or not rows.shape[0]:
            return Decision((), {}, (Note("no_target"),))
        kept = {"target": target, "places": rows.tolist(), "since": view.day}
        notes = tuple(Note("attacked", int(t), float(target)) for t in rows)
        return Decision(self._pulls(view, target, rows), kept, notes)

    def _found(self, view: View) -> tuple[int | None, Array]:
        target = target_of(view, self.who) if self.rival is None else company_row(self.rival, view)
        if target is None:
            return None, np.zeros(0, dtype=np.int64)
        return target, self.weak_links.best(view, target, self.territories)

    def _pulls(self, view: View, target: int, rows: Array) -> tuple[Pull, ...]:
        here = mask(rows, len(view.names.territories))
        came = brought(view.baseline["advisors"], self.advisors * here, ~here, self.people, self.most_taken)
        pulls = move_people(came, self.movers)
        for lever in SPENDING:
            wanted = getattr(self, lever) * here
            pulls += changes(lever, brought(view.baseline[lever], wanted, ~here, self.money, self.most_taken))
        return (*pulls, *changes("poach_cents", self.poach_cents * here), *self._in_shops(view, target, rows))

    def _in_shops(self, view: View, target: int, rows: Array) -> tuple[Pull, ...]:
        pulls: tuple[Pull, ...] = ()
        if self.price_cut:
            pulls += (Pull("price_cut", self.price_cut, {"territory": rows}),)
        if self.promotions == "here_only":
            pulls += (Pull("promotion_on", mask(rows, len(view.names.territories)).astype(float)),)
        if self.displace:
            pulls += (Pull("displace", float(target), {"territory": rows}),)
        led = led_outlets(view, target, rows)
        if self.outlet_factor != 1.0 and led.shape[0]:
            pulls += (Pull("outlet_interval", self.outlet_factor, {"outlet": led}),)
        return pulls

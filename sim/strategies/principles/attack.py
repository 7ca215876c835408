"""Attack the weak, and the weak links of the strong (攻击弱者与薄弱环节): one rival, where it can be hit."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from sim.scenario.schema.common import quantity
from sim.strategies.base import Decision, Memory, Note, Pull, Strategy
from sim.strategies.moving import SPENDING, Movers, Source, brought, mask, move_people
from sim.strategies.pulls import changes, company_row
from sim.strategies.targets import WeakLinks, Who, led_outlets, target_of
from sim.strategies.view import View

Array = NDArray[Any]


class Attack(Strategy):
    """Bring people, money and prices to the places where the target is seen to be weak."""

    kind: ClassVar[str] = "attack"

    who: Who = quantity(
        "strongest_weak_link",
        "Target: the weakest rival, the weak links of the strongest, the one whose share is nearest to ours, nobody, "
        "or a given one.",
        unit="-",
    )  # fmt: skip
    rival: str | None = quantity(None, "The target for `who: given`.", unit="-")
    weak_links: WeakLinks = quantity(text="Where the target is hit.", unit="-", factory=WeakLinks)
    territories: int = quantity(2, "Territories of the attack.", unit="territories", ge=0, le=10_000)
    retarget_days: int = quantity(168, "Days until target and places are chosen anew.", unit="days", ge=1, le=5000)
    advisors: int = quantity(1, "Advisors brought to each.", unit="persons", ge=0, le=10_000)
    people: Source = quantity("moved", "Whether they come from the other territories or are hired.", unit="-")
    promoters: int = quantity(1, "Promoters brought to each.", unit="persons", ge=0, le=10_000)
    advertising_cents: int = quantity(0, "Advertising brought to each.", unit="cents/month", ge=0, le=10**12)
    display_cents: int = quantity(200_000, "Paid displays brought to each.", unit="cents/month", ge=0, le=10**12)
    money: Source = quantity("moved", "Whether these come from the other territories or are added.", unit="-")
    most_taken: float = quantity(0.5, "Largest part of what the other territories have that is moved.", ge=0, le=1)
    movers: Movers = quantity("least_experienced", "Who goes first when a post moves.", unit="-")
    price_cut: float = quantity(0.0, "Cut of our shelf prices there, on top of today's.", ge=0, le=0.9)
    promotions: Literal["as_today", "here_only"] = quantity(
        "as_today", "Whether our regular promotions run where they run today, or only there.", unit="-"
    )
    outlet_factor: float = quantity(
        0.5, "Factor on the days between visits to outlets there in which the target sells most.", ge=0.02, le=100
    )
    poach_cents: int = quantity(0, "Offer to its distributors in each of them.", unit="cents/month", ge=0, le=10**10)

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
        led = led_outlets(view, target, rows)
        if self.outlet_factor != 1.0 and led.shape[0]:
            pulls += (Pull("outlet_interval", self.outlet_factor, {"outlet": led}),)
        return pulls

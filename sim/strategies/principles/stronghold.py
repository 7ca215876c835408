"""Fortify the stronghold (巩固要塞): hold the territories where we lead, with a reserve for those attacked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.policies import ExclusiveDegreeName
from sim.scenario.schema.common import quantity
from sim.strategies.base import Decision, Memory, Note, Pull, Strategy
from sim.strategies.pulls import Movers, all_stated, changes, lever_field, move_people, split, stated, visit_factor
from sim.strategies.ranking import rivalry
from sim.strategies.view import View

Array = NDArray[Any]
LARGE = (0,)
"""Class A."""
NEVER = -1


class Stronghold(Strategy):
    """Serve, bind and guard the territories that are believed to be ours."""

    kind: ClassVar[str] = "stronghold"

    lead: float = quantity(
        1.2, "Our believed share against the strongest rival's from which a territory is a stronghold.", "[1, 100]"
    )
    display_cents: int = quantity(200_000, "Paid displays added in each.", "[0, 1e12] cents/month")
    exclusive_outlets: float = quantity(
        2.0,
        "Exclusive agreements offered in each, never more than outlets that list ours and have none.",
        "[0, 100_000] outlets/month",
    )
    exclusive_degree: ExclusiveDegreeName | None = lever_field("exclusive_degree", "What these ask for.")
    exclusive_most_cents: int | None = lever_field(
        "exclusive_most_cents", "Highest price of an agreement, anywhere, while we hold a stronghold."
    )
    visit_factor_a: float = quantity(0.75, "Factor on the days between visits to class A there.", "[0.05, 20]")
    discount: float = quantity(0.0, "Discount added for our distributors that cover one.", "[0, 0.9]")
    rebate_rate: float | None = lever_field(
        "rebate_rate", "Rebate for these when they reach their target; as today when absent."
    )
    offer_cents: int | None = lever_field("offer_cents", "Retainer for these, so that nobody wins them away.")
    network_cents: int | None = lever_field("network_cents", "Help of each of these in winning outlets for its list.")
    listing_fee_most_cents: int | None = lever_field(
        "listing_fee_most_cents", "Highest fee for a place on a full shelf, anywhere, while we hold a stronghold."
    )
    supervisors: float = quantity(0.0, "Supervisors added in each.", "[0, 10_000] persons")
    reserve: int = quantity(0, "Advisors hired as a reserve.", "[0, 10_000] persons")
    alarm: float = quantity(0.05, "Fall of our believed share that calls the reserve.", "(0, 1]")
    alarm_coverage: float = quantity(
        0.15, "Rise of a rival's believed coverage that calls it: a rival enters.", "(0, 1]"
    )
    memory_days: int = quantity(168, "How far back shares and coverage are compared.", "[1, 5000] days")
    alarm_days: int = quantity(84, "How long the reserve stays after an alarm.", "[1, 5000] days")
    movers: Movers = quantity("most_skilled", "Who of a territory goes first when a post moves.", "-")

    def decide(self, view: View, memory: Memory) -> Decision:
        """Look for strongholds and alarms, and put the reserve where it is needed."""
        held = self.held(view)
        last_held = np.where(held, view.day, _days(memory, "held", held.shape))
        past = remembered(view, memory, self.memory_days)
        guarded = (last_held != NEVER) & (view.day - last_held <= self.memory_days)
        raised = guarded & self._alarms(view, past)
        alarm = np.where(raised, view.day, _days(memory, "alarm", held.shape))
        new = raised & ~_called(_days(memory, "alarm", held.shape), view.day, self.alarm_days)
        called = _called(alarm, view.day, self.alarm_days)
        kept = {"held": last_held.tolist(), "alarm": alarm.tolist(), "sights": [*past, sight_of(view)]}
        pulls = self._service(view, held) + self._terms(view, held) + self._reserve(view, held, called)
        return Decision(pulls, kept, tuple(_notes(new, view)))

    def held(self, view: View) -> Array:
        """Return where we are believed to lead by enough, shape (n,), bool."""
        there = view.territories
        ours = there.share[:, 0]
        with np.errstate(invalid="ignore"):
            ahead = (there.rank == 1) & (ours > 0) & (ours >= self.lead * rivalry(view))
        return np.asarray(ahead, dtype=bool)

    def _alarms(self, view: View, past: list[dict[str, Any]]) -> Array:
        # Beliefs come in single precision; a fall of exactly the mark counts.
        slack = 1e-6
        fallen = share_fall(view, past) >= self.alarm - slack
        return fallen | (coverage_jump(view, past) >= self.alarm_coverage - slack)

    def _service(self, view: View, held: Array) -> tuple[Pull, ...]:
        outlets = view.outlets
        free = (outlets.listed > 0) & ~outlets.exclusive
        offers = np.minimum(np.bincount(outlets.territory[free], minlength=held.shape[0]), self.exclusive_outlets)
        return (
            *changes("display_cents", self.display_cents * held),
            *changes("exclusive_outlets", offers * held),
            *changes("supervisors", self.supervisors * held),
            *stated("exclusive_degree", self.exclusive_degree, territory=np.flatnonzero(held)),
            *(all_stated(self, ("exclusive_most_cents", "listing_fee_most_cents")) if held.any() else ()),
            *visit_factor(view, np.flatnonzero(held), self.visit_factor_a, LARGE),
        )

    def _terms(self, view: View, held: Array) -> tuple[Pull, ...]:
        ours = view.distributors
        rows = ours.row[ours.is_contracted & (ours.covers & held).any(axis=1)]
        if not rows.shape[0]:
            return ()
        pulls = (Pull("discount", self.discount, {"distributor": rows}),) if self.discount else ()
        return (*pulls, *all_stated(self, ("rebate_rate", "offer_cents", "network_cents"), distributor=rows))

    def _reserve(self, view: View, held: Array, called: Array) -> tuple[Pull, ...]:
        """In peace the reserve works in the strongholds, by potential; in alarm where it is called."""
        where = called if called.any() else held
        if not self.reserve or not where.any():
            return ()
        posts = np.zeros(where.shape, dtype=np.int64)
        posts[where] = split(self.reserve, view.territories.potential[where].astype(float))
        return move_people(posts, self.movers)


def _days(memory: Memory, name: str, shape: tuple[int, ...]) -> Array:
    return np.array(memory[name], dtype=np.int64) if name in memory else np.full(shape, NEVER)


def _called(alarm: Array, day: int, days: int) -> Array:
    called: Array = (alarm != NEVER) & (day - alarm < days)
    return called


def _notes(raised: Array, view: View) -> Iterator[Note]:
    for t in np.flatnonzero(raised):
        share = view.territories.share[t, 0]
        yield Note("alarm", int(t), float(share) if np.isfinite(share) else 0.0)


Sight = dict[str, Any]
"""What was believed on one day, as JSON: "day", "share" of ours by territory, "coverage" by territory and rival."""


def sight_of(view: View) -> Sight:
    """Return what is believed today; null where nothing is known."""
    there = view.territories
    return {"day": view.day, "share": _plain(there.share[:, 0]), "coverage": _plain(there.coverage[:, 1:])}


def remembered(view: View, memory: Memory, days: int) -> list[Sight]:
    """Return the sights of the last days, the oldest first, without today's."""
    return [sight for sight in memory.get("sights", []) if view.day - sight["day"] <= days]


def share_fall(view: View, past: list[Sight]) -> Array:
    """Return how far our believed share lies below its highest remembered, shape (n,); 0 where one is unknown."""
    now = view.territories.share[:, 0]
    falls = [_array(sight["share"], now.shape) - now for sight in past]
    return _most(falls, now.shape)


def coverage_jump(view: View, past: list[Sight]) -> Array:
    """Return by how much any rival's believed coverage exceeds its lowest remembered, shape (n,); 0 where unknown."""
    now = view.territories.coverage[:, 1:]
    rises = [now - _array(sight["coverage"], now.shape) for sight in past]
    most: Array = _most(rises, now.shape).max(axis=1, initial=0.0)
    return most


def _most(changes: list[Array], shape: tuple[int, ...]) -> Array:
    most = np.zeros(shape)
    for change in changes:
        most = np.fmax(most, change)
    return most


def _plain(values: Array) -> Any:
    plain = values.astype(object)
    plain[~np.isfinite(values)] = None
    return plain.tolist()


def _array(values: Any, shape: tuple[int, ...]) -> Array:
    return np.array(values, dtype=float).reshape(shape)

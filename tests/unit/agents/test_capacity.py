"""A factory's capacity: ordered, paid, there on its day, kept up; alike for every company."""

from __future__ import annotations

from typing import Any

from sim.engine import Session
from sim.world.accounts import Account
from tests.markets import STRESSED, assert_same, books_digest, finished, market, merged, ran

ON: dict[str, Any] = {"mechanisms": {"capacity_plans": True}}
FACTORY: dict[str, Any] = {
    "capacity_plans": [{"first_date": "2026-01-08", "factor": 1.5}, {"first_date": "2026-01-20", "factor": 0.5}],
    "capacity_lead_days": 6,
    "capacity_cost_cents": 300,
    "capacity_upkeep_cents": 365,
}
ALIKE = merged(
    ON, {"ours": {"factory": FACTORY}, "rivals": {"generate": None, "list": [{"id": "R1", "factory": FACTORY}]}}
)
FIRST = 5 + 3
"""The eighth of January as a simulated day: five days of burn-in before the fifth of January."""


def test_it_is_there_on_its_day_and_goes_at_once() -> None:
    session = Session(market(ALIKE))
    world = session.world
    built = [int(units) for units in world.built_capacity_units]
    more = [round(1.5 * units) for units in built]
    seen = []
    for _ in range(session.calendar.n_days):
        session.step()
        seen.append([int(units) for units in world.factory_capacity_units])
    assert seen[FIRST + 5] == built
    assert seen[FIRST + 6] == more
    assert seen[FIRST + 11] == more
    assert seen[FIRST + 12] == [round(0.5 * units) for units in built]


def test_it_is_paid_once_when_ordered_and_kept_up_by_the_month() -> None:
    session = Session(market(ALIKE))
    world = session.world
    cost = world.company_books[:, Account.CAPACITY_COST]
    added = [round(1.5 * int(units)) - int(units) for units in world.built_capacity_units]
    session.step(FIRST)
    assert not cost.any()
    session.step()
    assert [int(cents) for cents in cost] == [300 * units for units in added]
    session.step(FIRST + 7)
    # 365 cents a month are 12 cents a day.
    assert [int(cents) for cents in cost] == [300 * units + 12 * units for units in added]
    session.step(session.calendar.n_days)
    assert [int(cents) for cents in cost] == [300 * units + 6 * 12 * units for units in added]


def test_a_factory_never_makes_more_than_it_can() -> None:
    world = finished(market(ON, {"ours": {"factory": {"capacity_factor": 0.1}}})).world
    tight = ran(market(ON, {"ours": {"factory": {"capacity_factor": 0.1}}}), pulls={"capacity": 0.5})
    made = tight["factory"].query("company == 'ours'").groupby("day")["made_units"].sum()
    assert made.max() == round(0.5 * int(world.built_capacity_units[0]))


def test_without_plans_the_switch_changes_nothing() -> None:
    assert_same(ran(market(STRESSED)), ran(market(STRESSED, ON)))


def test_every_midnight_is_a_seam() -> None:
    scenario = market(STRESSED, ON, {"ours": {"factory": FACTORY}})
    whole, half = finished(scenario), Session(scenario)
    half.step(FIRST + 2)
    assert half.world.capacity_coming_units[0] > 0
    other = Session.restore(scenario, half.save())
    other.step(other.calendar.n_days)
    assert books_digest(other) == books_digest(whole)

"""When actors wake up: only when they have something to do, earlier when roused, and the same after a restore."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.agents import (
    advisor,
    channel,
    delivery,
    distributor,
    diversion,
    manufacturer,
    promoter,
    promotion,
    retailer,
    rival,
)
from sim.agents.clock import Moment, Wake
from sim.engine import Session
from tests.markets import ALL_OFF, STRESSED, assert_same, finished, market, merged, wakes, watched

LISTED: dict[str, Any] = {
    "distributors": {
        "generate": None,
        "list": [
            {"id": "D1", "territories": ["T01"]},
            {"id": "D2", "territories": ["T02"]},
            {"id": "E1", "company": "R1", "territories": ["T01", "T02"]},
            {"id": "E2", "company": "R2", "territories": ["T01", "T02"]},
        ],
    }
}


def days(found: list[Wake], moment: Moment, row: int = 0) -> list[int]:
    """Simulated days on which somebody woke up for a moment."""
    return [wake.day for wake in found if wake.moment is moment and wake.row == row]


# --- nothing to do costs nothing --------------------------------------------------------------------------------------
def test_nobody_wakes_up_on_a_day_on_which_he_does_not_work() -> None:
    scenario = market({"distributors": {"delivery": {"works_on": [0, 3]}}})
    found = wakes(Session(scenario))
    weekday = {w.day: Session(scenario)._context.day(w.day).weekday for w in found}
    for moment in (advisor.TOURS, advisor.OBSERVE, rival.CALL):
        assert {weekday[w.day] for w in found if w.moment is moment} == {0, 1, 2, 3, 4}
    assert {weekday[w.day] for w in found if w.moment is delivery.LOAD} == {0, 3}
    # Promoters stand from Friday to Sunday, and go home on Monday.
    assert {weekday[w.day] for w in found if w.moment is promoter.TAKE_PLACES} == {4, 5, 6, 0}


def test_without_mechanisms_only_daily_business_is_left() -> None:
    session = Session(market({"mechanisms": ALL_OFF, "distributors": {"policy": {"review_days": 5}}}))
    found = wakes(session)
    n, per_day = session.calendar.n_days, {}
    for wake in found:
        per_day[wake.moment] = per_day.get(wake.moment, 0) + 1
    daily = {m for m, count in per_day.items() if count == n}
    seldom = set(per_day) - daily
    assert {m.who for m in seldom} <= {
        "our head office",
        "companies",
        "our regional office",
        "our channel manager",
        "a rival's manager",
        "owners",
        "the week's market shares",
        "a distributor",
        "distributors' crews",
        "shops",
    }
    assert sum(per_day[m] for m in seldom) < 3 * n
    for nobody in (advisor.TOURS, promoter.TAKE_PLACES, rival.CALL, promotion.START, promotion.END, diversion.FADE):
        assert nobody not in per_day
    assert channel.DISMISS not in per_day
    # No shop closes, so the doors are looked at when one opens, or not at all.
    assert per_day.get(retailer.OPEN_AND_CLOSE, 0) <= 1


def test_a_team_without_people_stays_asleep() -> None:
    session = Session(market())
    session.pull("advisors", 0)
    assert days(wakes(session), advisor.TOURS) == []
    assert len(days(wakes(Session(market())), advisor.TOURS)) > 15


def test_each_distributor_wakes_up_for_its_own_reviews_only() -> None:
    session = Session(market(LISTED, {"distributors": {"policy": {"review_days": 6}}}))
    found = wakes(session)
    by_row = {row: [w.day for w in found if w.moment is distributor.REVIEW and w.row == row] for row in range(4)}
    for reviews in by_row.values():
        assert len(reviews) == 5
        assert set(np.diff(reviews)) == {6}
    assert len({reviews[0] for reviews in by_row.values()}) > 1


# --- roused -----------------------------------------------------------------------------------------------------------
def test_a_pulled_lever_shortens_the_sleep() -> None:
    scenario = market(LISTED, {"distributors": {"policy": {"review_days": 10}}})
    session = Session(scenario)
    found = watched(session)
    session.pull("promotion_every_days", 0)
    session.step(12)
    assert len(days(found, distributor.REVIEW)) <= 2
    assert days(found, promotion.START) == []
    found.clear()
    session.pull("review_days", 1, distributor="D1")
    session.pull("promotion_every_days", 4)
    session.step(session.calendar.n_days)
    assert days(found, distributor.REVIEW) == list(range(12, 30))
    assert days(found, promotion.START) == [12, 16, 20, 24, 28]


def test_a_launch_that_is_put_forward_rouses_the_factory() -> None:
    scenario = market(
        {
            "products": {
                "list": [{"id": "ours-1", "brand": "ours"}, {"id": "ours-2", "brand": "ours", "launch_day": 20}],
                "generate": {},
            }
        }
    )
    assert days(wakes(Session(scenario)), manufacturer.LAUNCH) == [25]
    session = Session(scenario)
    found = watched(session)
    session.step(8)
    session.pull("launch_day", 9, product="ours-2")
    session.step(session.calendar.n_days)
    assert days(found, manufacturer.LAUNCH) == [9]


def test_a_dismissed_distributor_sleeps_until_it_is_signed_again() -> None:
    session = Session(
        market(
            LISTED,
            {
                "calendar": {"duration_days": 90},
                "distributors": {"policy": {"review_days": 1}, "contracts": {"intercept": 20.0}},
            },
        )
    )
    found = watched(session)
    session.step(9)
    session.pull("dismiss", 1, distributor="D1")
    session.step(20)
    # The contract ends in the evening, after the day's review.
    assert days(found, distributor.REVIEW) == list(range(10))
    session.pull("dismiss", 0, distributor="D1")
    session.pull("offer_cents", 1, distributor="D1")
    session.step(session.calendar.n_days)
    assert days(found, distributor.REVIEW) == [*range(10), *range(31, 95)]


def test_a_poached_distributor_sleeps_from_then_on() -> None:
    session = Session(
        market(STRESSED, {"distributors": {"policy": {"review_days": 1}}, "calendar": {"duration_days": 40}})
    )
    session.world.distributor_relation[:] = 0.0
    found = wakes(session)
    events = session.observe()["events"].query("kind == 'distributor_poached'")
    assert len(events)
    names = list(session.world.names.distributors)
    for day, name in zip(events["day"] + session.calendar.burn_in_days, events["subject"], strict=True):
        assert days(found, distributor.REVIEW, names.index(name)) == list(range(day + 1))


def test_who_leaves_rouses_the_personnel_office() -> None:
    """An advisor whose post is filled after three days is hired on the third morning, whatever day that is."""
    session = Session(
        market({"team": {"departures": [{"when": "2026-01-07", "advisors": 1}], "turnover": {"hiring_delay_days": 3}}})
    )
    session.step(session.calendar.n_days)
    events = session.observe()["events"].set_index("kind")["day"]
    assert events["advisor_hired"] == events["advisor_left"] + 3


STOP: dict[str, Any] = {"ours": {"factory": {"stops": [{"first_date": "2026-01-11", "duration_days": 4}]}}}


def test_a_factory_that_is_broken_down_stands_still_and_a_market_can_be_restored_meanwhile() -> None:
    whole = finished(market(STOP))
    factory = whole.observe()["factory"].query("company == 'ours'").groupby("day")["made_units"].sum()
    assert (factory.loc[6:9] == 0).all()
    assert (factory.loc[10:] > 0).any()
    session = Session(market(STOP))
    session.step(5 + 8)
    again = Session.restore(session.scenario, session.save())
    again.step(again.calendar.n_days)
    assert_same(again.observe(), whole.observe())


@pytest.mark.parametrize("midnight", [1, 5, 8, 13, 22])
def test_after_a_restore_everybody_wakes_up_when_it_would_have(midnight: int) -> None:
    """Times of decisions stand in columns and the calendar alone, so nobody's sleep has to be saved."""
    scenario = market(merged(STRESSED, LISTED), {"distributors": {"policy": {"review_days": 9}}})

    def times(found: list[Wake]) -> list[tuple[int, Moment, int]]:
        return [(wake.day, wake.moment, wake.row) for wake in found]

    session = Session(scenario)
    found = watched(session)
    session.step(min(midnight, 8))
    session.pull("review_days", 4, distributor="D2")
    session.pull("promotion_every_days", 6)
    session.pull("dismiss", 1, distributor="D1")
    session.step(midnight)
    found.clear()
    restored = Session.restore(scenario, session.save())
    session.step(session.calendar.n_days)
    # The first has gone on with the processes that it had; the second begins them anew.
    assert times(found) == times(wakes(restored))
    assert_same(session.observe(), restored.observe())

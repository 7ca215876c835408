"""The trace of chosen days: which acts, in which order and words, and what they moved."""

from __future__ import annotations

import pytest

from sim.engine import Session, trace
from sim.errors import InputError
from tests.markets import STRESSED, assert_same, finished, market


def test_a_trace_tells_every_act_of_its_days_in_their_order() -> None:
    scenario = market(STRESSED)
    table = trace(scenario, 2, 4)
    assert set(table["day"]) == {2, 3, 4}
    minutes = [int(h) * 60 + int(m) for h, m in table["clock"].str.split(":")]
    assert sorted(zip(table["day"], minutes, strict=True)) == list(zip(table["day"], minutes, strict=True))
    one = table[table["day"] == 3]
    phases = list(dict.fromkeys(one["phase"]))
    assert phases == ["plan", "receive", "field", "order", "dispatch", "shop", "decide", "settle", "age", "record"]
    assert (one["actor"].str.len() > 3).all()
    assert (one["what"].str.len() > 3).all()
    assert one.iloc[-1]["what"] == "writes the day down"


def test_what_an_act_moved_and_which_events_it_left_agree_with_the_tables() -> None:
    scenario = market(STRESSED)
    tables = finished(scenario).observe()
    table = trace(scenario, 0, 9)
    shopped = table[table["what"] == "shop in every outlet"].set_index("day")["moved"]
    sold = tables["market"].groupby("day")["sell_out_units"].sum()
    for day, moved in shopped.items():
        assert f"in shops {-sold[day]:+,};" in moved
    told = tables["events"].query("0 <= day <= 9").groupby("day").size()
    counted = table["events"].str.extractall(r": (\d+)")[0].astype(int).groupby(level=0).sum()
    assert counted.groupby(table["day"]).sum().eq(told).all()


def test_who_acts_for_itself_is_named() -> None:
    table = trace(market(STRESSED, {"distributors": {"policy": {"review_days": 1}}}), 3, 3)
    reviews = table[table["what"] == "finds its review due"]
    assert len(reviews) > 2
    assert reviews["place"].is_unique
    assert (reviews["place"] != "").all()


def test_tracing_changes_nothing_and_a_session_goes_on_after_it() -> None:
    scenario = market(STRESSED)
    session = Session(scenario)
    session.step(6)
    assert set(session.trace(8)["day"]) == {1, 2}
    assert session.day == 8
    session.step(session.calendar.n_days)
    assert_same(session.observe(), finished(scenario).observe())


@pytest.mark.parametrize(("first", "last"), [(3, 2), (-6, 0), (0, 25)])
def test_days_that_the_run_does_not_have_are_refused(first: int, last: int) -> None:
    with pytest.raises(InputError, match="-5 to 24"):
        trace(market(), first, last)

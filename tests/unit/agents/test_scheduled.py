"""Things that a scenario can schedule: a factory's breakdown, the loss of the best people."""

from __future__ import annotations

import pandas as pd

from tests.markets import finished, market


def test_nothing_is_made_or_shipped_while_a_factory_is_broken_down():
    stop = {"ours": {"factory": {"reliability": 1.0, "stops": ({"first_date": "2026-01-12", "duration_days": 5},)}}}
    tables = finished(market(_dated(stop))).observe()
    ours = tables["factory"][tables["factory"]["company"] == "ours"]
    down = ours["day"].between(7, 11)
    assert ours.loc[down, ["made_units", "shipped_units"]].to_numpy().sum() == 0
    assert (ours[~down].groupby("day")["shipped_units"].sum() > 0).sum() > 3
    events = tables["events"]
    stopped = events[(events["kind"] == "factory_stopped") & (events["subject"] == "ours")]
    assert stopped["day"].tolist() == [7, 8, 9, 10, 11]


def test_the_advisors_who_sell_best_leave_on_the_day():
    people = {
        "team": {
            "generate": None,
            "list": ({"id": "good", "territory": "T01", "selling": 0.9}, {"id": "fair", "territory": "T02"}),
            "turnover": {"leaving_per_year": 0.0},
            "departures": ({"when": "2026-01-12", "advisors": 1},),
        }
    }
    events = finished(market(_dated(people))).observe()["events"]
    left = events[events["kind"] == "advisor_left"]
    assert left[["day", "subject"]].to_numpy().tolist() == [[7, "good"]]


def _dated(changes):
    """Dates of the tiny market, which starts on 5 January 2026, as pydantic wants them."""
    if isinstance(changes, dict):
        return {
            key: pd.Timestamp(value).date() if key in ("first_date", "when") else _dated(value)
            for key, value in changes.items()
        }
    return tuple(_dated(item) for item in changes) if isinstance(changes, tuple) else changes

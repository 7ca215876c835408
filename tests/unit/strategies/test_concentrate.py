from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.strategies.principles.carpet import Carpet
from sim.strategies.principles.concentrate import Concentrate
from sim.strategies.principles.spread_evenly import SpreadEvenly
from sim.strategies.ranking import Ranking
from tests.views import levers_after, made_view, pulls_of

BY_POTENTIAL = Ranking(growth=0.0, rivalry=0.0, fit=0.0, density=0.0)
MARKET: dict[str, Any] = {
    "territories": {"potential": [100.0, 300.0, 50.0, 200.0]},
    "baseline": {"advisors": [2, 2, 4, 2], "promoters": [5, 0, 3, 2], "advertising_cents": [10, 20, 30, 40]},
}


def concentrated(**given: Any) -> Concentrate:
    return Concentrate(territories=2, ranking=BY_POTENTIAL, **given)


def test_people_and_spending_go_to_the_first_by_potential() -> None:
    view = made_view(4, **MARKET)
    levers = levers_after(view, concentrated(share_of_people=0.5, share_of_spending=0.8).decide(view, {}))
    # 5 of 10 as 3:2 to t1 and t3; the other 5 as 2:4 (1.67, 3.33).
    assert levers["advisors"].tolist() == [2, 3, 3, 2]
    assert levers["promoters"].tolist() == [1, 5, 1, 3]
    assert levers["advertising_cents"].tolist() == [5, 48, 15, 32]
    assert levers["display_cents"].tolist() == [20_000, 96_000, 20_000, 64_000]


def test_totals_are_kept_and_people_move() -> None:
    view = made_view(4, **MARKET)
    decision = concentrated().decide(view, {})
    levers = levers_after(view, decision)
    for name in ("advisors", "promoters", "advertising_cents", "display_cents"):
        assert levers[name].sum() == view.baseline[name].sum(), name
    assert [pull.value for pull in pulls_of(decision, "transfer")] == [1.0]


def test_choice_is_kept_until_its_time() -> None:
    part = concentrated(choose_again_days=100)
    first = part.decide(made_view(4, **MARKET), {})
    assert first.memory == {"chosen": [1, 3], "since": 0}
    assert [(note.text, note.territory) for note in first.notes] == [("chosen", 1), ("chosen", 3)]
    other = {**MARKET, "territories": {"potential": [900.0, 1.0, 800.0, 2.0]}}
    kept = part.decide(made_view(4, day=99, **other), first.memory)
    assert (kept.memory["chosen"], kept.notes) == ([1, 3], ())
    assert part.decide(made_view(4, day=100, **other), first.memory).memory == {"chosen": [0, 2], "since": 100}


def test_customers_in_and_outside_the_chosen_places() -> None:
    view = made_view(4, **MARKET)
    part = concentrated(visit_every_days_a=5.0, visit_every_days_c=40.0, leave_small=2.0)
    days = levers_after(view, part.decide(view, {}))["visit_every_days"]
    assert days.tolist() == [[14, 14, 28], [5, 14, 40], [14, 14, 28], [5, 14, 40]]


def test_products_with_the_largest_margin_are_pushed() -> None:
    # 10·(300−150) against 40·(200−150): the second; not launched, the first.
    many = {"sell_in_rate": [10.0, 40.0]}
    view = made_view(4, products=many)
    assert levers_after(view, concentrated(products=1, focus=3.0).decide(view, {}))["focus"].tolist() == [1, 3, 1, 1]
    view = made_view(4, products={**many, "launched": [True, False]})
    assert levers_after(view, concentrated(products=1, focus=3.0).decide(view, {}))["focus"].tolist() == [3, 1, 1, 1]


@pytest.mark.parametrize(
    ("by", "expected"), [("territory", [3, 3, 2, 2]), ("potential", [1, 5, 1, 3]), ("outlets", [1, 2, 3, 4])]
)
def test_spreading(by: Any, expected: list[int]) -> None:
    # By potential 100:300:50:200 of 10 people: 1.54, 4.62, 0.77, 3.08.
    market = {**MARKET, "territories": {**MARKET["territories"], "known": [10, 20, 30, 40]}}
    view = made_view(4, **market)
    levers = levers_after(view, SpreadEvenly(by=by).decide(view, {}))
    assert levers["advisors"].tolist() == expected
    assert levers["advertising_cents"].sum() == 100


def test_carpet_brings_as_many_as_the_visits_need() -> None:
    # 200 outlets every 7 days at 10 min + √(100/200)·2.2227 min = 11.57 min: 40 calls = 463 min a day: 1 advisor;
    # every 3 days 93.3 calls = 1080 min: 3 advisors.
    market: dict[str, Any] = {
        "territories": {"potential": [1.0, 9.0, 1.0], "known": [5, 200, 5]},
        "baseline": {"advisors": [4, 1, 2]},
    }
    view = made_view(3, **market)
    part = Carpet(territories=1, ranking=BY_POTENTIAL, every_days=3.0, census_outlets=20.0)
    levers = levers_after(view, part.decide(view, {}))
    assert levers["advisors"].tolist() == [3, 3, 1]
    assert levers["visit_every_days"].tolist() == [[14] * 3, [3] * 3, [14] * 3]
    assert levers["census_outlets"].tolist() == [0, 20, 0]
    enough = levers_after(view, part.model_copy(update={"every_days": 7.0}).decide(view, {}))
    assert enough["advisors"].tolist() == [4, 1, 2]
    hired = levers_after(view, part.model_copy(update={"people": "added"}).decide(view, {}))
    assert hired["advisors"].tolist() == [4, 3, 2]


def test_carpet_says_when_advisors_are_missing() -> None:
    view = made_view(2, territories={"potential": [9.0, 1.0], "known": [400, 5]}, baseline={"advisors": [0, 2]})
    decision = Carpet(territories=1, ranking=BY_POTENTIAL, every_days=3.0).decide(view, {})
    # 400 outlets every 3 days: 186.7 calls of 11.11 min = 2074 min = 5 advisors; half of the other two may go.
    assert levers_after(view, decision)["advisors"].tolist() == [1, 1]
    assert [(note.text, note.territory, note.value) for note in decision.notes] == [("advisors_short", 0, 4.0)]


def test_carpet_over_several_places_takes_nobody_from_them() -> None:
    view = made_view(3, territories={"potential": [9.0, 8.0, 1.0], "known": [400, 1, 5]}, baseline={"advisors": 3})
    after = levers_after(view, Carpet(territories=2, ranking=BY_POTENTIAL, every_days=3.0).decide(view, {}))["advisors"]
    assert after.tolist() == [4, 3, 2]
    assert np.sum(after) == 9

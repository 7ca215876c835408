from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from sim.errors import InputError
from sim.strategies.principles.attack import Attack, WeakLinks, market_share, target_of
from tests.views import assert_is_baseline, levers_after, made_view, pulls_of

NAN = [np.nan] * 3
SHARES = {"share": [[0.4, 0.5, 0.1], [0.2, 0.5, 0.3], NAN], "potential": [300.0, 100.0, 1000.0]}
"""The whole: 0.35, 0.5, 0.15; the third place is unknown and does not count."""
NOTHING: dict[str, Any] = {"coverage": 0, "out_of_stock": 0, "price": 0, "promoters": 0, "share": 0, "potential": 0}


def test_shares_of_the_market_are_weighted_by_potential() -> None:
    np.testing.assert_allclose(market_share(made_view(3, territories=SHARES)), [0.35, 0.5, 0.15])


@pytest.mark.parametrize(("who", "row"), [("weakest", 2), ("strongest_weak_link", 1), ("nearest", 1)])
def test_target(who: Any, row: int) -> None:
    assert target_of(made_view(3, territories=SHARES), who) == row


def test_target_nearest_in_share_may_be_smaller() -> None:
    assert target_of(made_view(1, territories={"share": [[0.3, 0.5, 0.2]]}), "nearest") == 2


def test_rival_that_nobody_saw_is_no_target() -> None:
    assert target_of(made_view(1, territories={"share": [[0.5, 0.5, 0.0]]}), "weakest") == 1
    assert target_of(made_view(1, territories={"share": np.nan}), "weakest") is None


@pytest.mark.parametrize(
    ("link", "column", "values"),
    [
        ("coverage", "coverage", [0.9, 0.9, 0.3]),
        ("out_of_stock", "out_of_stock", [0.1, 0.0, 0.4]),
        ("price", "price", [1.0, 0.9, 1.3]),
        ("promoters", "promoters", [0.4, 0.3, 0.0]),
        ("share", "share", [0.2, 0.1, 0.6]),
    ],
)
def test_each_weak_link_alone_names_the_place(link: str, column: str, values: list[float]) -> None:
    table = np.full((3, 3), 0.2)
    table[:, 1] = values
    view = made_view(3, territories={column: table})
    links = WeakLinks(**{**NOTHING, link: 1.0})
    assert links.best(view, 1, 1).tolist() == [2]
    assert links.best(view, 2, 1).tolist() == [0]


def test_places_where_the_target_is_not_known_to_sell_are_left_out() -> None:
    view = made_view(3, territories={"share": [[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], NAN]})
    assert WeakLinks().best(view, 1, 3).tolist() == [1]


def test_instruments_reach_the_places_and_the_outlets_that_the_target_leads() -> None:
    seen = [[0.2, 0.5, 0.3], [0.5, 0.3, 0.2], NAN, [0.2, 0.6, 0.2], [0.1, 0.8, 0.1], [0.4, 0.4, 0.2]]
    view = made_view(3, territories={"potential": [9.0, 1.0, 9.0]}, outlets={"seen_share": seen})
    part = Attack(
        who="given",
        rival="rival-1",
        weak_links=WeakLinks(**{**NOTHING, "potential": 1.0}),
        advisors=2,
        promoters=1,
        display_cents=1000,
        advertising_cents=500,
        price_cut=0.1,
        outlet_factor=0.5,
    )
    decision = part.decide(view, {})
    assert decision.memory == {"target": 1, "places": [0, 2], "since": 0}
    levers = levers_after(view, decision)
    assert levers["advisors"].tolist() == [5, 2, 5]
    assert levers["promoters"].tolist() == [3, 1, 2]
    assert levers["display_cents"].tolist() == [51_000, 48_000, 51_000]
    assert levers["advertising_cents"].tolist() == [100_500, 99_000, 100_500]
    assert levers["price_cut"].tolist() == [[0.1, 0.1, 0, 0], [0] * 4, [0.1, 0.1, 0, 0]]
    assert levers["outlet_interval"].tolist() == [0.5, 1, 1, 1, 0.5, 0.5]


def test_added_means_are_on_top() -> None:
    view = made_view(2)
    part = Attack(territories=1, people="added", money="added", advisors=3, promoters=2, display_cents=7)
    levers = levers_after(view, part.decide(view, {}))
    assert levers["advisors"].tolist() == [7, 4]
    assert levers["promoters"].tolist() == [4, 2]
    assert levers["display_cents"].tolist() == [50_007, 50_000]


def test_offer_to_distributors_of_the_target() -> None:
    view = made_view(2)
    assert levers_after(view, Attack(territories=1, poach_cents=900).decide(view, {}))["poach_cents"].tolist() == [
        900,
        0,
    ]


def test_promotions_only_where_it_is_attacked() -> None:
    view = made_view(3, territories={"potential": [1.0, 9.0, 1.0]}, baseline={"promotion_on": 1})
    part = Attack(territories=1, promotions="here_only")
    assert levers_after(view, part.decide(view, {}))["promotion_on"].tolist() == [0, 1, 0]
    assert not pulls_of(Attack(territories=1).decide(view, {}), "promotion_on")


def test_nobody_is_exactly_the_baseline() -> None:
    view = made_view(3, territories=SHARES)
    decision = Attack(who="none", price_cut=0.5).decide(view, {})
    assert decision.pulls == ()
    assert_is_baseline(view, decision)


def test_target_is_kept_until_its_time() -> None:
    part = Attack(who="weakest", territories=1, retarget_days=100)
    first = part.decide(made_view(2, territories={"share": [[0.5, 0.3, 0.2]] * 2}), {})
    assert (first.memory["target"], [note.text for note in first.notes]) == (2, ["attacked"])
    turned = {"share": [[0.5, 0.2, 0.3]] * 2}
    kept = part.decide(made_view(2, day=99, territories=turned), first.memory)
    assert (kept.memory, kept.notes) == (first.memory, ())
    assert part.decide(made_view(2, day=100, territories=turned), first.memory).memory["target"] == 1


def test_without_a_sight_of_any_rival_nothing_is_hit() -> None:
    view = made_view(2, territories={"share": np.nan})
    decision = Attack().decide(view, {})
    assert [note.text for note in decision.notes] == ["no_target"]
    assert_is_baseline(view, decision)


def test_given_rival_must_be_one() -> None:
    with pytest.raises(InputError, match="'us': no such rival"):
        Attack(who="given", rival="us").decide(made_view(2), {})
    with pytest.raises(ValidationError, match="belong together"):
        Attack(who="given")

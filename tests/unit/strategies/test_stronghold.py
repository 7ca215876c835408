from __future__ import annotations

from typing import Any

import numpy as np

from sim.strategies.principles.stronghold import Stronghold
from sim.strategies.view import View
from tests.views import levers_after, made_view

LEADS = {"share": [[0.6, 0.3, 0.1], [0.45, 0.4, 0.15], [0.2, 0.5, 0.3]], "rank": [1, 1, 2]}


def fallen(ours: float, day: int, **columns: Any) -> View:
    share = [[ours, 0.3, 0.7 - ours], *LEADS["share"][1:]]
    return made_view(3, day=day, territories={**LEADS, "share": share, **columns})


def test_lead_against_the_strongest_rival_makes_a_stronghold() -> None:
    view = made_view(3, territories=LEADS)
    assert Stronghold(lead=1.2).held(view).tolist() == [True, False, False]
    assert Stronghold(lead=1.1).held(view).tolist() == [True, True, False]


def test_unknown_shares_and_no_sales_are_no_stronghold() -> None:
    view = made_view(2, territories={"share": [[np.nan] * 3, [0.0, 0.0, 0.0]], "rank": 1})
    assert not Stronghold(lead=1.0).held(view).any()


def test_service_goes_to_strongholds_only() -> None:
    view = made_view(3, territories=LEADS)
    part = Stronghold(display_cents=500, exclusive_outlets=1.5, visit_factor_a=0.5, discount=0.02, rebate_rate=0.03)
    levers = levers_after(view, part.decide(view, {}))
    assert levers["display_cents"].tolist() == [50_500, 50_000, 50_000]
    assert levers["exclusive_outlets"].tolist() == [1.5, 0, 0]
    assert levers["visit_every_days"].tolist() == [[7, 14, 14], [14] * 3, [14] * 3]
    assert levers["discount"].tolist() == [0.02, 0, 0]
    assert levers["rebate_rate"].tolist() == [0.03, 0, 0]


def test_agreements_are_offered_only_where_somebody_can_sign() -> None:
    # Two outlets a territory: one has an agreement, the other lists ours; in the next, neither lists ours.
    outlets = {"exclusive": [True, False, False, False, False, False], "listed": [1, 1, 0, 0, 1, 1]}
    view = made_view(3, territories={**LEADS, "rank": [1, 1, 2]}, outlets=outlets)
    levers = levers_after(view, Stronghold(lead=1.1, exclusive_outlets=5.0).decide(view, {}))
    assert levers["exclusive_outlets"].tolist() == [1, 0, 0]


def test_terms_reach_only_contracted_distributors_that_cover_a_stronghold() -> None:
    covers = np.array([[0, 1, 0], [1, 0, 0], [1, 0, 0]], dtype=bool)
    view = made_view(3, territories=LEADS, distributors={"covers": covers, "is_contracted": [True, True, False]})
    assert levers_after(view, Stronghold(discount=0.1).decide(view, {}))["discount"].tolist() == [0, 0.1, 0]


def test_reserve_moves_to_where_our_share_falls_and_comes_back() -> None:
    part = Stronghold(lead=1.0, reserve=3, alarm=0.1, alarm_days=50, memory_days=60)
    peace = fallen(0.6, 0, potential=[200.0, 100.0, 900.0])
    first = part.decide(peace, {})
    assert levers_after(peace, first)["advisors"].tolist() == [6, 5, 4]
    near = fallen(0.51, 28)
    second = part.decide(near, first.memory)
    assert second.notes == ()
    attacked = fallen(0.5, 56)
    third = part.decide(attacked, second.memory)
    assert [(note.text, note.territory) for note in third.notes] == [("alarm", 0)]
    assert levers_after(attacked, third)["advisors"].tolist() == [7, 4, 4]
    # The old share is forgotten by day 84; the alarm of day 56 lasts until day 106.
    for day, posts in ((84, [7, 4, 4]), (112, [6, 5, 4])):
        view = fallen(0.5, day, potential=[200.0, 100.0, 900.0])
        third = part.decide(view, third.memory)
        assert levers_after(view, third)["advisors"].tolist() == posts, day


def test_rival_that_enters_calls_the_reserve() -> None:
    part = Stronghold(lead=1.0, reserve=2, alarm_coverage=0.2)
    coverage = np.full((3, 3), 0.5)
    first = part.decide(made_view(3, territories={**LEADS, "coverage": coverage}), {})
    coverage[1, 2] = 0.7
    entered = made_view(3, day=28, territories={**LEADS, "coverage": coverage})
    second = part.decide(entered, first.memory)
    assert [(note.text, note.territory) for note in second.notes] == [("alarm", 1)]
    assert levers_after(entered, second)["advisors"].tolist() == [4, 6, 4]


def test_loss_elsewhere_is_no_alarm() -> None:
    part = Stronghold(lead=1.2, reserve=2, alarm=0.05)
    first = part.decide(made_view(3, territories=LEADS), {})
    share = [LEADS["share"][0], LEADS["share"][1], [0.0, 0.7, 0.3]]
    second = part.decide(made_view(3, day=28, territories={**LEADS, "share": share}), first.memory)
    assert second.notes == ()


def test_shares_that_become_unknown_are_no_alarm() -> None:
    part = Stronghold(reserve=2)
    first = part.decide(made_view(3, territories=LEADS), {})
    blind = made_view(3, day=28, territories={"share": np.nan, "coverage": np.nan, "rank": 3})
    assert part.decide(blind, first.memory).notes == ()

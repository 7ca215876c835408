"""Key accounts on hand-made numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.strategies.principles.key_accounts import KeyAccounts, fewest
from tests.views import levers_after, made_view, pulls_of

EVERYWHERE = np.ones(4, dtype=bool)


def dealers(**columns: Any) -> Any:
    """Four distributors, of whom the first buys half; the first covers everything."""
    given = {"purchase_rate": [50.0, 30.0, 15.0, 5.0], "covers": np.vstack([EVERYWHERE, np.eye(4, dtype=bool)[1:]])}
    return made_view(4, distributors={**given, **columns})


def rows_pulled(decision: Any, lever: str) -> list[int]:
    return [int(row) for pull in pulls_of(decision, lever) for row in pull.where["distributor"]]


def marked(decision: Any) -> list[int]:
    (pull,) = pulls_of(decision, "core")
    return [int(row) for row, core in zip(pull.where["distributor"], pull.value, strict=True) if core]


@pytest.mark.parametrize(("share", "expected"), [(0.5, [0]), (0.51, [0, 1]), (0.8, [0, 1]), (0.95, [0, 1, 2])])
def test_core_are_the_fewest_that_make_the_share(share: float, expected: list[int]) -> None:
    assert marked(KeyAccounts(share_of_sales=share).decide(dealers(), {})) == expected


def test_a_share_of_one_takes_all_who_buy() -> None:
    assert np.flatnonzero(fewest(np.array([0.1, 0.2, 0.0, 0.7]), 1.0)).tolist() == [0, 1, 3]
    assert fewest(np.full(10, 0.1), 1.0).all()


def test_potential_counts_by_its_weight() -> None:
    view = dealers(rated_potential=[0.0, 0.0, 0.0, 1.0])
    assert marked(KeyAccounts(share_of_sales=0.5, potential_weight=1.0).decide(view, {})) == [3]
    # 0.4·(50, 30, 15, 5) % + 0.6·(0, 0, 0, 1) = (.20, .12, .06, .62)
    assert marked(KeyAccounts(share_of_sales=0.8, potential_weight=0.6).decide(view, {})) == [0, 3]


def test_who_is_not_contracted_is_not_core() -> None:
    view = dealers(is_contracted=[False, True, True, True])
    assert marked(KeyAccounts(share_of_sales=0.5).decide(view, {})) == [1]


def test_the_choice_holds_for_its_time() -> None:
    part = KeyAccounts(share_of_sales=0.5, choose_every_days=100)
    first = part.decide(dealers(), {})
    turned = {"purchase_rate": [5.0, 15.0, 30.0, 50.0]}
    later = made_view(4, day=99, distributors=turned)
    assert marked(part.decide(later, first.memory)) == [0]
    assert not part.decide(later, first.memory).notes
    anew = part.decide(made_view(4, day=100, distributors=turned), first.memory)
    assert marked(anew) == [3]
    assert [(note.text, note.value) for note in anew.notes] == [("core_chosen", 1)]


def test_nobody_is_chosen_or_dismissed_before_the_first_choice() -> None:
    part = KeyAccounts(share_of_sales=0.5, small="merge", first_choice_days=56)
    before, after = (
        dealers(),
        made_view(
            4,
            day=56,
            distributors={
                "purchase_rate": [50.0, 30.0, 15.0, 5.0],
                "covers": np.vstack([EVERYWHERE, np.eye(4, dtype=bool)[1:]]),
            },
        ),
    )
    assert marked(part.decide(before, {})) == np.flatnonzero(before.distributors.is_core).tolist()
    assert not pulls_of(part.decide(before, {}), "dismiss")
    assert marked(part.decide(after, {})) == [0]
    assert rows_pulled(part.decide(after, {}), "dismiss") == [1, 2, 3]


def test_services_go_to_core_distributors_only_each_by_its_own_switch() -> None:
    view = dealers(is_core=[True, True, False, True], is_contracted=[True, True, True, False])
    for parameter in ({"discount": 0.02}, {"information_system": True}, {"coaching_cents": 500}, {"terms_days": 60}):
        decision = KeyAccounts(**parameter).decide(view, {})
        (name,) = parameter
        assert [pull.lever for pull in decision.pulls] == [name]
        assert rows_pulled(decision, name) == [0, 1]
    after = levers_after(view, KeyAccounts(terms_days=60).decide(view, {}))
    assert after["terms_days"].tolist() == [60, 60, 30, 30]


def test_small_ones_go_only_where_a_core_one_covers() -> None:
    part = KeyAccounts(share_of_sales=0.5, small="merge")
    assert rows_pulled(part.decide(dealers(), {}), "dismiss") == [1, 2, 3]
    alone = np.eye(4, dtype=bool)
    assert rows_pulled(part.decide(dealers(covers=alone), {}), "dismiss") == []
    alone[0, 2] = True
    decision = part.decide(dealers(covers=alone), {})
    assert rows_pulled(decision, "dismiss") == [2]
    assert [(n.text, n.territory, n.value) for n in decision.notes if n.text == "dismissed"] == [("dismissed", 2, 2)]


def test_the_dismissed_stay_away_and_get_no_offer() -> None:
    part = KeyAccounts(share_of_sales=0.5, small="merge", offer_cents=1000)
    first = part.decide(dealers(), {})
    gone = dealers(is_contracted=[True, False, False, False])
    second = part.decide(gone, first.memory)
    assert rows_pulled(second, "dismiss") == [1, 2, 3]
    assert rows_pulled(second, "offer_cents") == []
    assert not second.notes


def test_the_dismissed_may_come_back_where_nobody_covers_any_longer() -> None:
    part = KeyAccounts(share_of_sales=0.5, small="merge", offer_cents=1000)
    memory = part.decide(dealers(), {}).memory
    lost = dealers(is_contracted=False)
    assert rows_pulled(part.decide(lost, memory), "dismiss") == []
    assert rows_pulled(part.decide(lost, memory), "offer_cents") == [0, 1, 2, 3]


def test_who_signed_for_an_offer_is_paid_on() -> None:
    part = KeyAccounts(offer_cents=1000)
    memory = part.decide(dealers(is_contracted=[True, False, True, True]), {}).memory
    assert rows_pulled(part.decide(dealers(), memory), "offer_cents") == [1]


def test_who_works_for_a_rival_gets_no_offer_and_is_courted_where_nobody_else_fits() -> None:
    """d0 is ours; d1 is free and fits; d2 and d3 work for a rival, and d3 does not fit."""
    view = made_view(
        4,
        distributors={
            "is_contracted": [True, False, False, False],
            "holder": [0, -1, 1, 1],
            "rated_potential": [0.9, 0.9, 0.9, 0.1],
        },
    )
    decision = KeyAccounts(offer_cents=1000, poach_cents=5000).decide(view, {})
    assert rows_pulled(decision, "offer_cents") == [1]
    (pull,) = pulls_of(decision, "poach_cents")
    assert pull.where["territory"].tolist() == [2]
    assert not pulls_of(KeyAccounts(poach_cents=5000).decide(dealers(), {}), "poach_cents")


def test_offers_go_to_candidates_that_fit() -> None:
    view = dealers(is_contracted=[True, False, False, False], rated_potential=[0.9, 0.6, 0.4, np.nan])
    assert rows_pulled(KeyAccounts(offer_cents=1000).decide(view, {}), "offer_cents") == [1]
    assert rows_pulled(KeyAccounts(offer_cents=1000, least_fit=0.3).decide(view, {}), "offer_cents") == [1, 2]


@pytest.mark.parametrize(("what", "days"), [("as_before", 28.0), ("visit_less", 84.0), ("leave", 730.0)])
def test_small_outlets(what: Any, days: float) -> None:
    view = made_view(baseline={"visit_every_days": [7.0, 14.0, 28.0]})
    part = KeyAccounts(small_outlets=what, visit_less_factor=3.0, visit_every_days_a=3.5)
    assert levers_after(view, part.decide(view, {}))["visit_every_days"].tolist() == [[3.5, 14.0, days]] * 3


def test_nobody_buys_keeps_todays_core() -> None:
    view = dealers(purchase_rate=0.0, is_core=[False, True, False, False])
    assert marked(KeyAccounts(share_of_sales=0.8).decide(view, {})) == [1]

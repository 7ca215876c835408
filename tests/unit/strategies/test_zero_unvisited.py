"""Zero unvisited customers on hand-made numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.strategies.principles.key_accounts import KeyAccounts
from sim.strategies.principles.zero_unvisited import ZeroUnvisited
from tests.views import levers_after, made_view

MONTH = 365 / 12


def view(known: Any, day: int = 0, **more: Any) -> Any:
    return made_view(3, day=day, territories={"known": known, "population": [1000.0, 3000.0, 6000.0], **more})


def surveyed(part: ZeroUnvisited, seen: Any, memory: Any) -> list[float]:
    return levers_after(seen, part.decide(seen, memory))["census_outlets"].round(6).tolist()


def test_the_census_is_shared_by_population() -> None:
    assert surveyed(ZeroUnvisited(census_outlets=100.0), view([5, 5, 5]), {}) == [10.0, 30.0, 60.0]


def test_a_territory_is_done_when_little_is_found_and_the_others_get_its_part() -> None:
    part = ZeroUnvisited(census_outlets=100.0, least_yield=0.5)
    first = part.decide(view([5, 5, 5]), {})
    # After a month 10, 30 and 60 were to be surveyed: 5, 14 and 60 were found, so the second is done.
    later = view([10, 19, 65], day=30)
    second = part.decide(later, first.memory)
    assert second.memory["done"] == [False, True, False]
    assert [(note.text, note.territory, note.value) for note in second.notes] == [("census_ended", 1, 19.0)]
    expected = [100 / 7, 0.0, 600 / 7]
    np.testing.assert_allclose(surveyed(part, later, first.memory), expected, atol=1e-5)


def test_a_slow_census_is_not_taken_for_an_ended_one() -> None:
    part = ZeroUnvisited(census_outlets=1.0)
    first = part.decide(view([500, 500, 500]), {})
    assert part.decide(view([500, 500, 500], day=7), first.memory).memory["done"] == [False, False, False]


def test_frequent_reviews_wait_for_a_survey_before_they_judge() -> None:
    """The office surveys once a month; a head office that meets weekly must not give up in between."""
    part = ZeroUnvisited(census_outlets=100.0)
    memory = part.decide(view([5, 5, 5]), {}).memory
    for day in (7, 14, 21, 28):
        decision = part.decide(view([5, 5, 5], day=day), memory)
        assert decision.memory == memory
        assert surveyed(part, view([5, 5, 5], day=day), memory) == [10.0, 30.0, 60.0]
    assert part.decide(view([5, 5, 5], day=35), memory).memory["done"] == [True, True, True]


def test_upkeep_follows_where_the_census_has_ended_and_nothing_comes_back() -> None:
    part = ZeroUnvisited(census_outlets=100.0, upkeep_outlets=10.0)
    memory = part.decide(view([5, 5, 5]), {}).memory
    memory = part.decide(view([5, 5, 5], day=30), memory).memory
    assert memory["done"] == [True, True, True]
    last = view([50, 50, 50], day=60)
    assert surveyed(part, last, memory) == [1.0, 3.0, 6.0]
    assert part.decide(last, memory).memory["done"] == [True, True, True]


def test_no_class_is_visited_less_often_than_the_maximum_whatever_others_want() -> None:
    seen = made_view(baseline={"visit_every_days": [7.0, 14.0, 28.0]})
    ours, theirs = ZeroUnvisited(max_age_days=20.0), KeyAccounts(small_outlets="leave", visit_every_days_a=3.5)
    alone = levers_after(seen, ours.decide(seen, {}))["visit_every_days"]
    assert alone.tolist() == [[7.0, 14.0, 20.0]] * 3
    both = levers_after(seen, ours.decide(seen, {}), theirs.decide(seen, {}))["visit_every_days"]
    assert both.tolist() == [[3.5, 14.0, 20.0]] * 3


def test_a_generous_maximum_changes_nothing() -> None:
    seen = made_view(baseline={"visit_every_days": [7.0, 14.0, 28.0]})
    after = levers_after(seen, ZeroUnvisited(max_age_days=60.0).decide(seen, {}))
    np.testing.assert_array_equal(after["visit_every_days"], seen.baseline["visit_every_days"])


def test_unvisited_customers_are_told_and_ranked_first() -> None:
    seen = view([5, 5, 5], unvisited=[1, 2, 0])
    decision = ZeroUnvisited(coverage_first=True).decide(seen, {})
    assert [(note.text, note.value) for note in decision.notes] == [("unvisited", 3.0)]
    assert levers_after(seen, decision)["visit_plan"].tolist() == [2]

"""People on hand-made numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from sim.strategies.principles.people import People, spread
from tests.views import levers_after, made_view

NAN = float("nan")


@pytest.mark.parametrize(
    ("posts", "change", "potential", "expected"),
    [
        ([1, 1, 0], 2, [40.0, 10.0, 15.0], [2, 1, 1]),
        ([0, 0], 4, [30.0, 10.0], [3, 1]),
        ([2, 2], -1, [30.0, 10.0], [2, 1]),
        ([1, 0], -5, [30.0, 10.0], [0, 0]),
        ([0, 0], 2, [0.0, 0.0], [1, 1]),
        ([0, 0], 2, [NAN, 5.0], [0, 2]),
    ],
)
def test_posts_go_where_one_has_most_potential(posts: Any, change: int, potential: Any, expected: Any) -> None:
    assert spread(np.array(posts), change, np.array(potential)).tolist() == expected


def after(part: People, view: Any, memory: Any = None) -> list[int]:
    posts: list[int] = levers_after(view, part.decide(view, memory or {}))["advisors"].tolist()
    return posts


def test_more_advisors_are_decided_once() -> None:
    part = People(extra_advisors=2)
    view = made_view(3, territories={"potential": [50.0, 5.0, 5.0]}, baseline={"advisors": [1, 1, 1]})
    memory = part.decide(view, {}).memory
    assert after(part, view) == [3, 1, 1]
    moved = made_view(3, day=28, territories={"potential": [5.0, 5.0, 50.0]}, baseline={"advisors": [1, 1, 1]})
    assert after(part, moved, memory) == [3, 1, 1]


def test_more_promoters_are_decided_once_and_leave_the_advisors_alone() -> None:
    part = People(extra_promoters=2)
    today = {"advisors": [1, 1, 1], "promoters": [1, 1, 0]}
    view = made_view(3, territories={"potential": [50.0, 5.0, 5.0]}, baseline=today)
    decision = part.decide(view, {})
    assert levers_after(view, decision)["promoters"].tolist() == [3, 1, 0]
    assert {pull.lever for pull in decision.pulls} == {"promoters"}
    moved = made_view(3, day=28, territories={"potential": [5.0, 5.0, 50.0]}, baseline=today)
    assert levers_after(moved, part.decide(moved, decision.memory))["promoters"].tolist() == [3, 1, 0]
    fewer = People(extra_promoters=-5).decide(view, {})
    assert levers_after(view, fewer)["promoters"].tolist() == [0, 0, 0]


def test_posts_follow_known_outlets_without_flapping() -> None:
    part = People(outlets_per_advisor=100.0)
    view = made_view(3, territories={"known": [240, 120, 0]}, baseline={"advisors": [1, 1, 1]})
    assert after(part, view) == [2, 1, 0]
    memory = part.decide(view, {}).memory
    assert after(part, made_view(3, territories={"known": [260, 160, 0]}, baseline={"advisors": 1}), memory) == [
        2,
        1,
        0,
    ]
    assert after(part, made_view(3, territories={"known": [280, 180, 0]}, baseline={"advisors": 1}), memory) == [
        3,
        2,
        0,
    ]


def test_smaller_territories_never_need_fewer_people() -> None:
    view = made_view(3, territories={"known": [240, 120, 55]})
    totals = [sum(after(People(outlets_per_advisor=float(n)), view)) for n in (400, 200, 100, 50, 25)]
    assert totals == sorted(totals)


def test_the_same_number_is_no_pull() -> None:
    assert People(extra_advisors=0, extra_promoters=0).decide(made_view(), {}).pulls == ()


def test_training_and_conduct_are_levers() -> None:
    view = made_view()
    part = People(
        courses_per_year=4.0,
        sharing_per_week=0.1,
        playbook=0.5,
        incentive_farmer=0.9,
        visit_plan="need",
        visit_every_days_c=60.0,
    )
    levers = levers_after(view, part.decide(view, {}))
    assert [levers[n][0] for n in ("courses_per_year", "sharing_per_week", "playbook", "incentive_farmer")] == [
        4,
        0.1,
        0.5,
        0.9,
    ]
    assert levers["visit_plan"].tolist() == [1]
    assert levers["visit_every_days"].tolist() == [[14.0, 14.0, 60.0]] * 3


def test_words_become_numbers() -> None:
    pulls = (
        People(transfer="most_skilled", improve_route=False, handover=True, hire_farmer=0.6)
        .decide(made_view(), {})
        .pulls
    )
    assert {pull.lever: pull.value for pull in pulls} == {
        "transfer": 2,
        "improve_route": 0,
        "handover": 1,
        "hire_farmer": 0.6,
    }


def test_two_ways_to_a_headcount_are_refused() -> None:
    with pytest.raises(ValidationError, match="outlets_per_advisor"):
        People(extra_advisors=1, outlets_per_advisor=50.0)

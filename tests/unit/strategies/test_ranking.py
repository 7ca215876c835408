from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sim.errors import InputError
from sim.strategies.principles.carpet import Workday
from sim.strategies.pulls import territory_rows
from sim.strategies.ranking import Ease, Ranking, rivalry, scaled, typicality
from tests.views import made_view

ONLY = {"potential": 0.0, "growth": 0.0, "rivalry": 0.0, "fit": 0.0, "density": 0.0}


def test_scale_runs_from_least_to_most_with_the_unknown_in_the_middle() -> None:
    np.testing.assert_allclose(scaled(np.array([2.0, 6.0, np.nan, 3.0])), [0.0, 1.0, 0.5, 0.25])
    np.testing.assert_allclose(scaled(np.array([7.0, 7.0])), [0.5, 0.5])
    np.testing.assert_allclose(scaled(np.array([np.nan])), [0.5])


@pytest.mark.parametrize(
    ("weight", "columns", "expected"),
    [
        ("potential", {"potential": [5.0, 9.0, 1.0]}, [1, 0, 2]),
        ("growth", {"growth": [0.0, -0.1, 0.3]}, [2, 0, 1]),
        ("density", {"known": [10, 10, 30], "area_km2": [100.0, 10.0, 100.0]}, [1, 2, 0]),
        ("influence", {"potential": [9.0, 1.0, 5.0], "adjacent": [[0, 0, 0], [0, 0, 1], [0, 1, 0]]}, [1, 2, 0]),
    ],
)
def test_each_criterion_alone(weight: str, columns: dict[str, Any], expected: list[int]) -> None:
    view = made_view(3, territories=columns)
    assert Ranking(**{**ONLY, weight: 1.0}).first(view, 3).tolist() == expected


def test_rivalry_is_the_strongest_rivals_share() -> None:
    view = made_view(3, territories={"share": [[0.5, 0.4, 0.1], [0.6, 0.2, 0.2], [np.nan] * 3]})
    np.testing.assert_allclose(rivalry(view), [0.4, 0.2, np.nan])
    assert Ranking(**{**ONLY, "rivalry": -1.0}).first(view, 3).tolist() == [1, 2, 0]


def test_typical_is_the_place_with_the_mix_of_all() -> None:
    # All: 4 of channel 0, 2 of channel 1. Mixes: (1, 0), (2/3, 1/3), none known.
    view = made_view(3, outlets={"territory": [0, 0, 1, 1, 1, 1], "channel": [0, 0, 0, 0, 1, 1]})
    np.testing.assert_allclose(typicality(view), [1 - 1 / 3, 1 - 1 / 6, np.nan])


def test_weights_add_up() -> None:
    view = made_view(3, territories={"potential": [0.0, 5.0, 10.0], "growth": [0.3, 0.0, 0.0]})
    ranking = Ranking(**{**ONLY, "potential": 1.0, "growth": 2.0})
    np.testing.assert_allclose(ranking.score(view), [2.0, 0.5, 1.0])


def test_given_list_decides_in_its_order() -> None:
    assert Ranking(by="given", given=("t2", "t0")).first(made_view(3), 5).tolist() == [2, 0]


def test_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="'t9': no such territory"):
        territory_rows(("t9",), made_view(3))


@pytest.mark.parametrize("wrong", [{"by": "given"}, {"given": ("t0",)}])
def test_list_and_its_use_belong_together(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="belong together"):
        Ranking(**wrong)  # type: ignore[arg-type]


@given(
    potential=st.lists(st.floats(0, 1e4), min_size=2, max_size=6),
    growth=st.lists(st.floats(-0.2, 0.2), min_size=6, max_size=6),
    more=st.floats(0, 1e4),
)
def test_more_potential_never_ranks_lower(potential: list[float], growth: list[float], more: float) -> None:
    n = len(potential)
    before = made_view(n, territories={"potential": potential, "growth": growth[:n]})
    after = made_view(n, territories={"potential": [potential[0] + more, *potential[1:]], "growth": growth[:n]})

    def place(view: object) -> int:
        score = Ranking().score(view)  # type: ignore[arg-type]
        return int((score > score[0] + 1e-9).sum())

    assert place(after) <= place(before)


def test_ease_prefers_weak_rivals_dense_markets_and_neighbours_of_won_ground() -> None:
    share = [[0.3, 0.5, 0.2], [0.3, 0.4, 0.3], [0.3, 0.5, 0.2], [0.3, 0.5, 0.2]]
    view = made_view(4, territories={"share": share, "potential": [100.0, 100.0, 400.0, 100.0]})
    nothing = np.zeros(4, dtype=bool)
    assert Ease(potential=0, adjacency=0).order(view, nothing)[0] == 1
    assert Ease(rivalry=0, adjacency=0).order(view, nothing)[0] == 2
    won = np.array([True, False, False, False])
    assert Ease(rivalry=0, potential=0).order(view, won)[0] == 1
    assert Ease(given=("t3",)).order(view, nothing)[0] == 3


def test_ease_of_places_without_a_known_outlet_is_middling() -> None:
    view = made_view(3, territories={"known": [0, 2, 2], "potential": [0.0, 50.0, 100.0]})
    np.testing.assert_allclose(Ease(rivalry=0, adjacency=0).score(view, np.zeros(3, dtype=bool)), [0.5, 0.0, 1.0])


def test_workload_by_hand() -> None:
    # 100 outlets on 100 km²: 0.7124·1.3·1 km a call = 2.2227 min at 25 km/h; 12.2227 min each;
    # every 7 days = 20 calls a working day = 244.45 min of 480: one advisor; every 3 days 46.67 calls = 570 min: two.
    day = Workday()
    outlets, area = np.array([100, 0]), np.array([100.0, 100.0])
    assert day.advisors(outlets, area, 7.0).tolist() == [1, 0]
    assert day.advisors(outlets, area, 3.0).tolist() == [2, 0]
    # No way to go: 28 calls a working day of exactly 480/28 minutes are one advisor's day.
    full = Workday(minutes_per_call=480 / 28)
    assert full.advisors(np.array([140]), np.array([0.0]), 7.0).tolist() == [1]
    assert full.advisors(np.array([141]), np.array([0.0]), 7.0).tolist() == [2]

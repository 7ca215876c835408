"""Whether concentrating advisors pays is told by the measured response of one territory, and the strategies agree."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim.engine import Session
from studies.validation import focus


def measured(place: Any, seeds: range, days: int) -> tuple[np.ndarray, np.ndarray]:
    """Gains of concentrating on one and on two territories, predicted and tried; shape (n_seeds, 2).

    Both are shares of what the evenly spread advisors bring over none.
    """
    told, tried = [], []
    for seed in seeds:
        found = focus.both(place, seed, days)
        worth = focus.TERRITORIES * (found["curve"][1] - found["curve"][0])
        assert worth > 0
        told.append(np.array(found["predicted"]) / worth)
        tried.append(np.array(found["tried"]) / worth)
    return np.array(told), np.array(tried)


def reach(values: np.ndarray, rows: int = 2) -> np.ndarray:
    """Half width of t intervals that hold for several rows together in 99 % of studies."""
    n = values.shape[0]
    width: np.ndarray = stats.t.ppf(1 - 0.005 / rows, n - 1) * values.std(axis=0, ddof=1) / np.sqrt(n)
    return width


def test_prediction_is_the_sum_over_territories() -> None:
    straight = {n: 10.0 + 3.0 * n for n in focus.POSTS}
    assert [focus.predicted(straight, k) for k in focus.CHOSEN] == [0.0, 0.0]
    # The curve of case 3, with c = 2: one unit of effort on one of four, against a quarter on each.
    rising = {n: (n / 4) ** 2 / (1 + (n / 4) ** 2) for n in focus.POSTS}
    assert focus.predicted(rising, 1) == pytest.approx(0.5 - 4 * 0.0625 / 1.0625)


@pytest.mark.parametrize("kind", ["scarce", "ample", "forgetful"])
def test_territories_are_copies(kind: str) -> None:
    """Equal shops are of one class everywhere, and lie at the same places around the centre."""
    world = Session(focus.market(focus.MARKETS[kind], 1, 1)).world
    assert not world.outlet_class.any()
    x = world.outlet_x_km - world.territory_x_km[world.outlet_territory]
    places = [np.column_stack([x, world.outlet_y_km])[world.outlet_territory == t] for t in range(4)]
    for place in places[1:]:
        np.testing.assert_allclose(place, places[0], atol=1e-9)


@pytest.mark.slow
def test_where_one_advisor_does_all_concentrating_loses_what_was_predicted() -> None:
    told, tried = measured(focus.MARKETS["ample"], range(1, 4), days=150)
    assert (told < -0.3).all()
    assert (tried < 0).all()
    # One territory of four keeps what advisors bring, or two do.
    assert told.mean(axis=0) == pytest.approx([-0.75, -0.5], abs=0.05)
    assert (np.abs((tried - told).mean(axis=0)) <= reach(tried - told)).all()


@pytest.mark.slow
def test_where_calls_are_scarce_it_makes_no_difference_as_was_predicted() -> None:
    told, tried = measured(focus.MARKETS["scarce"], range(1, 5), days=364)
    assert (np.abs(told.mean(axis=0)) < 0.15).all()
    assert (np.abs(tried.mean(axis=0)) < 0.25).all()
    assert (np.abs((tried - told).mean(axis=0)) <= reach(tried - told)).all()


@pytest.mark.slow
def test_where_shops_forget_to_order_concentrating_pays_as_was_predicted() -> None:
    told, tried = measured(focus.MARKETS["forgetful"], range(1, 4), days=150)
    assert (told.mean(axis=0) - reach(told) > 0).all()
    assert (tried.mean(axis=0) - reach(tried) > 0).all()
    assert (np.abs((tried - told).mean(axis=0)) <= reach(tried - told)).all()


@pytest.mark.slow
def test_the_same_shops_forgetting_less_lie_on_the_other_side() -> None:
    told, tried = measured(focus.MARKETS["forgetful"]._replace(skips=focus.BETWEEN[0]), range(1, 4), days=150)
    assert (told[:, 0] < 0).all()
    assert (tried[:, 0] < 0).all()
    assert (np.abs((tried - told).mean(axis=0)) <= reach(tried - told)).all()

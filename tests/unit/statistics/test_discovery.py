"""PRIM and the tree find boxes that are there."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.errors import InputError
from sim.statistics.discovery import Box, Range, called_rightly, discover, paste, prim, trade_off, tree_rules
from sim.statistics.space import Dimension, Space, draws
from tests.unit.statistics.functions import square

N = 1000


def sample(space: Space, label: str = "discovery", n: int = N) -> pd.DataFrame:
    return space.points(draws(1, label, n, len(space.dimensions)))


def known_box(p: pd.DataFrame) -> np.ndarray:
    return (p["price"].between(0.2, 0.6) & (p["loyalty"] > 0.5)).to_numpy()


POINTS = sample(square("price", "loyalty", "idle", "noise"))


def test_prim_finds_a_known_box() -> None:
    box = discover(POINTS, known_box(POINTS))
    assert set(box.limits) == {"price", "loyalty"}
    assert box.limits["price"] == pytest.approx((0.2, 0.6), abs=0.02)
    assert box.limits["loyalty"].low == pytest.approx(0.5, abs=0.03)  # type: ignore[union-attr]
    assert box.limits["loyalty"].high == np.inf  # type: ignore[union-attr]
    fresh = sample(square("price", "loyalty", "idle", "noise"), "fresh")
    honest = box.score(fresh, known_box(fresh))
    assert honest.coverage > 0.93
    assert honest.density > 0.9


def test_prim_through_luck() -> None:
    # 5 % of the points are turned round
    cases = known_box(POINTS) ^ (draws(2, "flip", N) < 0.05)
    box = discover(POINTS, cases)
    fresh = sample(square("price", "loyalty", "idle", "noise"), "fresh")
    honest = box.score(fresh, known_box(fresh))
    assert {"price", "loyalty"} <= set(box.limits)
    assert honest.coverage > 0.85
    assert honest.density > 0.85


def test_prim_with_choices_and_whole_numbers() -> None:
    space = Space((Dimension("channel", choices=("kiosk", "shop", "mall")), Dimension("depots", 1, 6, whole=True)))
    points = sample(space)
    box = discover(points, (points["channel"] != "mall") & (points["depots"] >= 3))
    assert box.limits == {"channel": frozenset({"kiosk", "shop"}), "depots": Range(3.0, np.inf)}
    assert (box.coverage, box.density) == (1, 1)
    table = box.table(points, (points["channel"] != "mall") & (points["depots"] >= 3)).set_index("dimension")
    assert table.loc["channel", "choices"] == "kiosk, shop"
    assert (table["quasi_p"] < 1e-6).all()


def test_peeling_trades_coverage_for_density() -> None:
    boxes = prim(POINTS, known_box(POINTS))
    table = trade_off(boxes)
    assert table["density"].is_monotonic_increasing
    assert table["coverage"].is_monotonic_decreasing
    assert table.loc[0].tolist() == [1, known_box(POINTS).mean(), 1, N, 0]
    # one slice takes 5 % of the points
    assert boxes[1].n == N - 50
    assert boxes[-1].mass >= 0.05


def test_pasting_gives_back() -> None:
    small = Box({"price": Range(0.3, 0.5), "loyalty": Range(0.6, np.inf)}, 0, 1, 0, 0).score(POINTS, known_box(POINTS))
    wide = paste(small, POINTS, known_box(POINTS))
    assert wide.density == 1
    assert wide.coverage > 0.95
    assert wide.limits["price"] == pytest.approx((0.2, 0.6), abs=0.02)


def test_quasi_p_by_hand() -> None:
    points = pd.DataFrame({"x": np.arange(10.0)})
    cases = np.array([0, 0, 0, 1, 0, 0, 1, 1, 1, 1], dtype=bool)
    box = Box({"x": Range(6, np.inf)}, 0, 0, 0, 0).score(points, cases)
    # 4 of 4, where half of all are cases
    assert (box.n, box.coverage, box.density) == (4, 0.8, 1)
    assert box.quasi_p(points, cases)["x"] == pytest.approx(stats.binom.sf(3, 4, 0.5))


def test_nothing_to_find_gives_no_restriction_that_matters() -> None:
    cases = draws(5, "luck", N) < 0.3
    box = discover(POINTS, cases, density=0.2)
    assert box.coverage == 1
    assert box.limits == {}


def test_tree_finds_a_known_box() -> None:
    rules = tree_rules(POINTS, known_box(POINTS))
    best = rules.iloc[0]
    assert best["density"] > 0.97
    assert best["coverage"] > 0.97
    assert all(f"{name}" in best["rule"] for name in ("price >", "price ≤", "loyalty >"))
    assert "idle" not in best["rule"]
    assert rules["n"].sum() == N
    assert rules["coverage"].sum() == pytest.approx(1)


def test_tree_with_choices_and_without_a_split() -> None:
    space = Space((Dimension("channel", choices=("kiosk", "shop")), Dimension("x")))
    points = sample(space)
    rules = tree_rules(points, points["channel"] == "kiosk")
    assert rules["rule"].tolist()[0] in {"channel is kiosk", "channel is not shop"}
    assert tree_rules(points, np.zeros(N, bool))["rule"].tolist() == ["everywhere"]


def test_what_cannot_be_asked() -> None:
    for bad in (np.zeros(N, bool), np.ones(3, bool)):
        with pytest.raises(InputError, match="at least one true"):
            prim(POINTS, bad)
    with pytest.raises(InputError, match="must be 1000"):
        tree_rules(POINTS, [True])


def test_rules_through_luck_do_worse_on_points_held_out() -> None:
    cases = draws(3, "cases", N) < 0.3
    rules = tree_rules(POINTS[:500], cases[:500], (POINTS[500:], cases[500:]), leaves=20, min_share=0.01)
    assert rules["held_out"].sum() == 500
    assert rules["density"].iloc[0] > 0.6 > rules["held_out_density"].iloc[0]
    assert called_rightly(rules) < called_rightly(rules.assign(held_out=rules["n"], held_out_density=rules["density"]))
    assert called_rightly(rules.assign(held_out=[100] * len(rules), held_out_density=rules["density"].round())) == 1.0


def test_a_choice_that_only_a_point_held_out_has_goes_by_the_words_of_the_rules() -> None:
    points = pd.DataFrame({"channel": ["kiosk", "shop"] * 20})
    others = pd.DataFrame({"channel": ["mall", "mall", "kiosk"]})
    cases = points["channel"] == "kiosk"
    rules = tree_rules(points, cases, (others, [False, False, True])).set_index("rule")["held_out"].to_dict()
    one = "shop" if "channel is shop" in rules else "kiosk"
    named, rest = (0, 3) if one == "shop" else (1, 2)
    assert rules == {f"channel is {one}": named, f"channel is not {one}": rest}
    none = tree_rules(points, cases, (points[:1], [False]))
    assert none["held_out_coverage"].isna().all()
    assert none.set_index("density")["held_out_density"].isna().to_dict() == {1.0: False, 0.0: True}

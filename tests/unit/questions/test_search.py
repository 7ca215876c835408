"""The search on a known front, and what fresh luck makes of its best points."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.errors import InputError
from sim.questions.optimise import Optimum, search
from sim.statistics.space import Dimension, Evaluate, Space
from tests.unit.statistics.functions import evaluate, searched, square

SPACE = square("x0", "x1", "x2")
LOWER = {"f1": "lower", "f2": "lower"}


def zdt1() -> Evaluate:
    """Zitzler, Deb & Thiele 2000: the front is f2 = 1 − √f1."""

    def f2(p: pd.DataFrame) -> pd.Series:
        g = 1 + 9 * p[["x1", "x2"]].mean(axis=1)
        return g * (1 - np.sqrt(p["x0"] / g))

    return evaluate(f1=lambda p: p["x0"], f2=f2)


def distance(found: Optimum) -> float:
    return float((found.finalists["f2"] - (1 - np.sqrt(found.finalists["f1"]))).mean())


def found_by(budget: int = 400, run: Evaluate | None = None, **how: object) -> Optimum:
    return searched(SPACE, run or zdt1(), zdt1(), LOWER, budget, **({"seed": 1} | how))  # type: ignore[arg-type]


def test_nsga2_comes_near_a_known_front() -> None:
    found = found_by()
    points = SPACE.points(np.random.default_rng(1).random((400, 3)))
    blind = zdt1()(points).assign(x0=points["x0"])
    by_chance = (blind["f2"] - (1 - np.sqrt(blind["f1"]))).nsmallest(20).mean()
    assert distance(found) < 0.12
    assert distance(found) < by_chance / 3
    # the front from end to end
    assert found.finalists["f1"].max() - found.finalists["f1"].min() > 0.6
    assert len(found.trials) == 400
    assert found.trials.loc[found.finalists.index, "efficient"].all()
    # without luck nothing is lost on fresh luck
    assert found.finalists["efficient"].all()
    assert found.curse["optimism"].tolist() == pytest.approx([0, 0])


def test_tpe_finds_one_best_point_with_choices_and_whole_numbers() -> None:
    space = Space((Dimension("kind", choices=("a", "b")), Dimension("n", 1, 9, whole=True), Dimension("x", 1e-3, 1)))
    run = evaluate(y=lambda p: (p["kind"] == "b") - (p["n"].astype(float) - 6) ** 2 / 10 - (p["x"] - 0.3) ** 2)
    found = searched(space, run, run, {"y": "higher"}, 120, seed=2, method="tpe", batch=10)
    best = found.finalists.iloc[0]
    assert (best["kind"], best["n"]) == ("b", 6)
    assert best["x"] == pytest.approx(0.3, abs=0.1)


def rough(phase: float) -> Evaluate:
    """A flat hill under luck that differs from point to point."""
    return evaluate(y=lambda p: -((p["x"] - 0.5) ** 2) + 0.3 * np.sin(400 * p["x"] + phase))


def test_the_winners_curse_is_told() -> None:
    found = searched(square("x"), rough(0), rough(2), {"y": "higher"}, 60, seed=1)
    curse = found.curse.iloc[0]
    assert curse["search"] > 0.2
    assert curse["optimism"] == pytest.approx(curse["search"] - curse["fresh"])
    assert curse["optimism"] > 0.2
    best = found.finalists.iloc[0]
    assert best["y_search"] == pytest.approx(found.trials["y"].max())
    # of a cost, too, optimism is positive
    cost = searched(square("x"), rough(0), rough(2), {"y": "lower"}, 60, seed=1).curse.iloc[0]
    assert cost["optimism"] == pytest.approx(cost["fresh"] - cost["search"])
    assert cost["optimism"] > 0.2


def test_finalists_are_few_and_stretch_along_the_front() -> None:
    found = found_by(finalists=4)
    assert len(found.finalists) == 4
    ends = found.trials[found.trials["efficient"]]["f1"].agg(["min", "max"])
    assert found.finalists["f1"].agg(["min", "max"]).tolist() == ends.tolist()


def test_the_same_seed_gives_the_same_search() -> None:
    whole = found_by(60, batch=10)
    assert found_by(60, batch=10).trials.equals(whole.trials)
    assert not found_by(60, batch=10, seed=2).trials.equals(whole.trials)


def test_what_cannot_be_asked() -> None:
    with pytest.raises(InputError, match="at least 1"):
        search(SPACE, zdt1(), {}, 10, seed=1)
    with pytest.raises(InputError, match="neutral"):
        search(SPACE, zdt1(), {"spending": "neutral"}, 10, seed=1)

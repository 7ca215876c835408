"""Points of a space, and the choice between two strategies as an outcome."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.errors import InputError
from sim.statistics.space import Dimension, Space, draws, need, run
from tests.unit.statistics.functions import evaluate, square

CORNERS = np.array([0.0, 0.25, 0.5, 0.999999, 1.0])


def test_quantiles_of_each_distribution() -> None:
    assert Dimension("x", 2, 6).values(CORNERS).tolist() == pytest.approx([2, 3, 4, 6, 6], abs=1e-4)
    assert Dimension("x", 1, 16, log=True).values(CORNERS)[:3].tolist() == pytest.approx([1, 2, 4])
    squares = Dimension("x", 0, 1, quantile=lambda unit: unit**2).values(CORNERS)
    assert squares.tolist() == pytest.approx([0, 0.0625, 0.25, 1, 1], abs=1e-4)
    assert Dimension("x", 1, 4, whole=True).values(CORNERS).tolist() == [1, 2, 3, 4, 4]
    assert Dimension("x", choices=("a", "b")).values(CORNERS).tolist() == ["a", "a", "b", "b", "b"]


def test_points_are_rows_with_named_columns() -> None:
    space = Space((Dimension("a", 0, 10), Dimension("b", choices=(1, 2))))
    table = space.points(np.array([[0.5, 0.0], [1.0, 1.0]]))
    assert table["a"].tolist() == [5, 10]
    assert table["b"].tolist() == [1, 2]
    assert table.index.name == "point"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Dimension("x", 1, 1), "lower to a higher"),
        (lambda: Dimension("x", 0, 1, log=True), "above 0"),
        (lambda: Dimension("x", choices=("a",)), "two choices"),
        (lambda: Dimension("x", choices=("a", "a")), "none of them twice"),
        (lambda: square("x", "x"), "each name once"),
        (lambda: Space(()), "one at least"),
    ],
)
def test_a_space_that_cannot_be_used(make: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        make()  # type: ignore[operator]


def test_outcomes_must_be_whole() -> None:
    points = pd.DataFrame({"x": [0.0, 1.0]})
    with pytest.raises(InputError, match="1 of 2 points"):
        run(evaluate(y=lambda p: np.where(p["x"] > 0, np.nan, 1.0)), points)
    with pytest.raises(InputError, match="is missing"):
        run(evaluate(y=lambda p: p["x"]), points, ["z"])
    with pytest.raises(InputError, match="for each of 2 points"):
        run(lambda p: pd.DataFrame({"y": [1.0]}), points)
    # rows in another order are put right
    table = run(lambda p: pd.DataFrame({"y": p["x"]}).iloc[::-1], points)
    assert table["y"].tolist() == [0, 1]


def test_draws_depend_on_seed_label_and_place_only() -> None:
    assert draws(1, "a", 4).tolist() == draws(1, "a", 8)[:4].tolist()
    assert draws(1, "a", 4).tolist() != draws(2, "a", 4).tolist()
    assert draws(1, "a", 4).tolist() != draws(1, "b", 4).tolist()


def test_a_missing_package_says_how_to_install_it() -> None:
    with pytest.raises(InputError, match=r"pip install \"arsim\[analysis\]\""):
        need("no_such_package.part")

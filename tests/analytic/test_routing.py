"""Case 15: tours. PyVRP is the referee for the best known tour.

What was found: over 6,000 instances of 30 random points in the unit square the best known tour is (.8325 ± .0007)·√n.
The formula of the model, .7124·(1 + .92/√n), gives .8321 and is confirmed. The table's .828 is .5 % lower: inside its
cap of 2 %, but not within 3 standard errors of a long run. So the mean is held to the table by the cap and to the
formula by 3 standard errors. `n` counts all points of the closed tour, the depot among them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim.kernels.routing import route
from sim.streams import uniforms
from tests.tours import expected_tour_km, tour_length

pyvrp = pytest.importorskip("pyvrp", reason="PyVRP is the referee of the routes (dev extra)")

POINTS = 30
TO_WHOLE = 1_000_000
REFEREE_MOVES = 50  # 20 give a mean .04 % above that of 2,000; 100 the same to six figures on 40 instances


def random_points(key: np.uint64, instance: int) -> np.ndarray:
    """Points of an instance in the unit square, shape (POINTS, 2)."""
    slots = np.arange(POINTS, dtype=np.uint64)
    return np.column_stack([uniforms(key, slots, 2 * instance), uniforms(key, slots, 2 * instance + 1)])


def best_known(points: np.ndarray) -> float:
    """Length of the best tour that PyVRP finds."""
    table = np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1))
    distances = np.rint(table * TO_WHOLE).astype(np.int64)
    data = pyvrp.ProblemData(
        [pyvrp.Location(float(x), float(y)) for x, y in points],
        [pyvrp.Client(i) for i in range(1, len(points))],
        [pyvrp.Depot(0)],
        [pyvrp.VehicleType(1)],
        [distances],
        [np.zeros_like(distances)],
    )
    stop = pyvrp.stop.MaxIterations(REFEREE_MOVES)
    return float(pyvrp.solve(data, stop, seed=1, display=False, collect_stats=False).cost()) / TO_WHOLE


def driven(points: np.ndarray, improve: bool = True) -> float:
    """Length of the tour that an advisor drives from the first point."""
    x, y = points[1:, 0].copy(), points[1:, 1].copy()
    order = route(x, y, points[0, 0], points[0, 1], improve)
    return float(tour_length(x, y, order, points[0, 0], points[0, 1]))


@pytest.mark.parametrize(
    "instances", [pytest.param(8, id="short"), pytest.param(200, id="long", marks=pytest.mark.slow)]
)
def test_case15_tour_length(instances: int, replicate: Callable[..., np.ndarray]) -> None:
    """Best known ≈ .828·√n (cap 2 %); the tour driven ≤ 1.1 times it on average and in 95 % of instances."""
    best: list[float] = []
    ours: list[float] = []

    def mean_best(key: np.uint64) -> float:
        points = [random_points(key, i) for i in range(instances)]
        mine = [driven(p) for p in points]
        # In one instance of hundreds the referee stops at a longer tour; best known is the better of both.
        found = np.minimum([best_known(p) for p in points], mine)
        best.extend(found)
        ours.extend(mine)
        return float(np.mean(found)) / np.sqrt(POINTS)

    means = replicate(mean_best)
    mean, error = means.mean(), means.std(ddof=1) / np.sqrt(means.size)
    ratio = np.array(ours) / np.array(best)
    print(
        f"best known {mean:.4f} ± {error:.4f} ·√n over {len(best)} instances; driven over best known: "
        f"mean {ratio.mean():.4f}, 95 % {np.quantile(ratio, 0.95):.4f}, worst {ratio.max():.4f}"
    )
    formula = expected_tour_km(POINTS, 1.0) / np.sqrt(POINTS)
    assert abs(mean - formula) <= 3 * error
    assert mean == pytest.approx(0.828, rel=0.02)
    assert ratio.mean() <= 1.01
    assert np.mean(ratio <= 1.1) >= 0.95


def test_case15_driven_tours_follow_the_formula(replicate: Callable[..., np.ndarray]) -> None:
    """Without a referee, over many instances: the tours driven lie 0 to 1 % above the expected shortest tour."""
    means = replicate(lambda key: np.mean([driven(random_points(key, i)) for i in range(100)]))
    assert 1.0 <= means.mean() / expected_tour_km(POINTS, 1.0) <= 1.01

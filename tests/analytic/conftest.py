"""What the analytic tests share: keys of replications, and the rule of what counts as reproduced."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim.streams import DecisionPoint, key_of

Measure = Callable[[np.uint64], float]
REPLICATIONS = 20


@pytest.fixture
def replicate() -> Callable[..., np.ndarray]:
    """Run a measure on the keys of independent replications; shape (n,)."""

    def run(measure: Measure, n: int = REPLICATIONS, period: int = 0) -> np.ndarray:
        keys = (np.uint64(key_of(20260105, r, DecisionPoint.LABORATORY, period)) for r in range(n))
        return np.array([measure(key) for key in keys])

    return run


@pytest.fixture
def assert_reproduced() -> Callable[..., None]:
    """Assert that replications agree with the exact value within 3 standard errors, and with the table within its cap.

    The standard error itself must be below half the cap, or the test would pass by being blind.
    """

    def check(values: np.ndarray, exact: float, table: float, cap: float) -> None:
        mean = float(values.mean())
        error = float(values.std(ddof=1) / np.sqrt(values.size))
        print(f"simulated {mean:.5g} ± {error:.2g}; exact {exact:.6g}; table {table:g}; cap {cap:.3g}")
        assert values.size >= REPLICATIONS
        assert error <= cap / 2, f"standard error {error:.3g} is too wide for a cap of {cap:.3g}"
        assert abs(mean - exact) <= 3 * error, (
            f"{mean:.6g} is {(mean - exact) / error:.1f} standard errors from {exact:.6g}"
        )
        assert abs(mean - table) <= cap, f"{mean:.6g} misses {table:g} by more than {cap:.3g}"

    return check

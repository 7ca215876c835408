"""What tours are held against: their length, and the expected length of the shortest."""

from __future__ import annotations

import numpy as np


def tour_length(x_km: np.ndarray, y_km: np.ndarray, order: np.ndarray, depot_x_km: float, depot_y_km: float) -> float:
    """Length of the closed tour depot → stops in `order` → depot; straight lines, no detour factor [km]."""
    x = np.concatenate([[depot_x_km], x_km[order], [depot_x_km]])
    y = np.concatenate([[depot_y_km], y_km[order], [depot_y_km]])
    return float(np.hypot(np.diff(x), np.diff(y)).sum())


def expected_tour_km(n: float, area_km2: float) -> float:
    """Expected shortest tour through n random points of an area: 0.7124·√(nA)·(1 + 0.92/√n) [km].

    0.7124 is the constant of large n (Johnson & McGeoch 1996); the second factor is the border's share for a compact
    area.
    """
    return float(0.7124 * np.sqrt(n * area_km2) * (1.0 + 0.92 / np.sqrt(n))) if n > 0 else 0.0

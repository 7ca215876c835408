"""Small analyses with known answers, for pictures and pages."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from sim.questions.optimise import Optimum
from sim.statistics.boundary import Boundary, boundary
from sim.statistics.discovery import Box, discover, prim
from sim.statistics.sensitivity import morris, sobol
from sim.statistics.sizing import Sizing, Territories, adbudg, divide, size_force
from sim.statistics.space import Dimension, Space, draws
from tests.unit.statistics.functions import searched

NUMBERS = ("rival_price", "loyalty", "growth", "lead_time", "成长率")
SPACE = Space((*(Dimension(n) for n in NUMBERS), Dimension("channel", choices=("kiosk", "shop", "mall"))))


def gain(p: pd.DataFrame) -> pd.DataFrame:
    kiosk = (p["channel"] == "kiosk").astype(float)
    y = 3e5 * p["rival_price"] * (0.4 + p["loyalty"]) + 8e4 * p["growth"] ** 2 + 9e4 * kiosk - 2e5
    return pd.DataFrame({"difference": y, "beats": (y > 0).astype(float)})


@cache
def shares() -> pd.DataFrame:
    return sobol(SPACE, gain, seed=1, n=256)


@cache
def effects() -> pd.DataFrame:
    return morris(SPACE, gain, seed=1, trajectories=20)


@cache
def boxes() -> tuple[list[Box], Box, pd.DataFrame, np.ndarray]:
    points = SPACE.points(draws(1, "sample boxes", 400, 6))
    cases = (points["rival_price"].between(0.3, 0.8) & (points["loyalty"] > 0.5)).to_numpy()
    cases = cases ^ (draws(2, "sample flips", 400) < 0.04)
    return prim(points, cases), discover(points, cases), points, cases


@cache
def line() -> Boundary:
    space = Space((Dimension("rival_price", 8, 14), Dimension("loyalty", 0, 0.6)))

    def run(p: pd.DataFrame) -> pd.DataFrame:
        y = p["loyalty"] - 0.3 - 0.12 * np.sin((p["rival_price"] - 8) / 1.2)
        return pd.DataFrame({"difference": 4e5 * np.tanh(4 * y)})

    return boundary(space, run)


@cache
def front() -> Optimum:
    space = Space((Dimension("x0"), Dimension("x1"), Dimension("x2")))

    def luck(phase: float) -> object:
        def run(p: pd.DataFrame) -> pd.DataFrame:
            g = 1 + 3 * p[["x1", "x2"]].mean(axis=1)
            wobble = 0.06 * np.sin(300 * p["x0"] + 200 * p["x1"] + phase)
            spending = 1e5 * (1 + 4 * p["x0"])
            return pd.DataFrame({"profit": 1e6 * (np.sqrt(p["x0"]) / g + wobble), "spending": spending})

        return run

    return searched(space, luck(0), luck(2), {"profit": "higher", "spending": "lower"}, 240, seed=1, finalists=12)  # type: ignore[arg-type]


@cache
def force() -> Sizing:
    sizes = np.array([4.0, 8, 12, 16, 24, 32])
    luck = 3e4 * (draws(1, "force", len(sizes), 12) - 0.5) + 3e5 * (draws(1, "year", 1, 12) - 0.5)
    profit = (adbudg(sizes, 2e5, 2e6, 12.0, 1.6) - 3e4 * sizes)[:, None] + luck
    rows = [(s, r, profit[i, r]) for i, s in enumerate(sizes) for r in range(12)]
    table = pd.DataFrame(rows, columns=["size", "replication", "profit"])
    return size_force(table, 8, cost_per_person=3e4)


@cache
def areas() -> Territories:
    u = draws(1, "areas", 150, 3)
    dense = np.arange(150) < 80
    x, y = np.where(dense, 4 + 5 * u[:, 0], 40 * u[:, 0]), np.where(dense, 6 + 5 * u[:, 1], 28 * u[:, 1])
    return divide(pd.DataFrame({"x_km": x, "y_km": y, "work": 2 + 6 * u[:, 2]}), 6)

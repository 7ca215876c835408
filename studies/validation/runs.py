"""What every experiment of the validation page shares: sizes, markets, paired runs and intervals."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from sim.engine import Session
from sim.scenario.schema import Scenario

Array = NDArray[Any]
ROOT = Path(__file__).resolve().parents[2]
BURN_IN_DAYS = 90
CLASSES = ("A", "B", "C")


@dataclass(frozen=True)
class Size:
    """How large the experiments are.

    Attributes
    ----------
    replications : markets of their own; each has its own root seed, so that outlets, people and luck all differ.
    days : measured days.
    outlets, wide_outlets : shops of the default market, and of the larger one that carries the household panel.
    households : tracked households.
    """

    replications: int
    days: int
    outlets: int
    wide_outlets: int
    households: int


FULL = Size(replications=8, days=364, outlets=300, wide_outlets=600, households=1500)
MECHANISM_MARKETS = 4
"""Markets for the experiments on single mechanisms, which are switched on for them alone."""
QUICK = Size(replications=2, days=140, outlets=100, wide_outlets=150, households=400)


class Estimate(NamedTuple):
    """A mean over replications with its standard error and 95 % t interval."""

    mean: float
    error: float
    low: float
    high: float
    n: int

    def text(self, digits: int = 2) -> str:
        """Return mean ± standard error (replications)."""
        return f"{self.mean:.{digits}f} ± {self.error:.{digits}f} (n = {self.n})".replace("-", "−")

    def percent(self, digits: int = 1) -> str:
        """Return the same in percent."""
        return f"{100 * self.mean:.{digits}f} ± {100 * self.error:.{digits}f} % (n = {self.n})".replace("-", "−")

    def interval(self, digits: int = 2) -> str:
        """Return the 95 % t interval."""
        return f"{self.low:.{digits}f} … {self.high:.{digits}f}".replace("-", "−")


def estimate(values: Sequence[float]) -> Estimate:
    """Return the mean of one value a replication; values that are not numbers are left out."""
    x = np.asarray([v for v in values if v is not None and math.isfinite(v)], dtype=float)
    n = x.shape[0]
    if n == 0:
        return Estimate(math.nan, math.nan, math.nan, math.nan, 0)
    if n == 1:
        return Estimate(float(x[0]), math.nan, math.nan, math.nan, 1)
    error = float(x.std(ddof=1) / math.sqrt(n))
    reach = float(stats.t.ppf(0.975, n - 1)) * error
    return Estimate(float(x.mean()), error, float(x.mean()) - reach, float(x.mean()) + reach, n)


def merged(*parts: Mapping[str, Any]) -> dict[str, Any]:
    """Merge nested mappings; later ones win."""
    out: dict[str, Any] = {}
    for part in parts:
        for key, value in part.items():
            nested = isinstance(value, Mapping) and isinstance(out.get(key), dict)
            out[key] = merged(out[key], value) if nested else value
    return out


def market(size: Size, seed: int, *changes: Mapping[str, Any]) -> Scenario:
    """Return the default market at this size and seed, with changes."""
    base = {
        "name": "validation",
        "seed": seed,
        "calendar": {"duration_days": size.days, "burn_in_days": BURN_IN_DAYS},
        "outlets": {"generate": {"n": size.outlets}},
        "recording": {"outlet_panel": True},
    }
    return Scenario.model_validate(merged(base, *changes))


def after_burn_in(scenario: Scenario) -> bytes:
    """Return the saved market at the end of its burn-in."""
    session = Session(scenario)
    session.step(scenario.calendar.burn_in_days)
    return session.save()


def continued(scenario: Scenario, saved: bytes, change: Callable[[Session], None] | None = None) -> Session:
    """Continue a saved market to its end, after one change; all such runs share their luck."""
    session = Session.restore(scenario, saved)
    if change is not None:
        change(session)
    session.step(session.calendar.n_days)
    return session


def panel(session: Session, name: str, field: str) -> Array:
    """Return one recorded daily panel of the measured days, shape (days, *axes)."""
    return getattr(session.recorder.panels[name], field)[BURN_IN_DAYS : session.day]


def ours(session: Session) -> Array:
    """Rows of our products."""
    return np.flatnonzero(session.world.product_company == 0)


def daily_sales(session: Session) -> Array:
    """Our units sold to consumers a day, shape (days,)."""
    return panel(session, "market", "sell_out_units")[:, :, ours(session)].sum(axis=(1, 2))


def daily_sell_in(session: Session) -> Array:
    """Our units delivered to shops a day, shape (days,)."""
    return panel(session, "market", "sell_in_units")[:, :, ours(session)].sum(axis=(1, 2))


def daily_calls(session: Session) -> Array:
    """Calls of our advisors a day, shape (days,)."""
    return panel(session, "advisor", "calls").sum(axis=1)


def set_intervals(session: Session, factor: float) -> None:
    """Multiply the scenario's visit intervals of every class by a factor, by the lever."""
    visit = session.scenario.team.visit
    for name, days in zip(CLASSES, (visit.every_days_a, visit.every_days_b, visit.every_days_c), strict=True):
        session.pull("visit_every_days", min(730.0, max(0.5, days * factor)), **{"class": name})


def line(x: Sequence[float] | Array, y: Sequence[float] | Array) -> tuple[float, float]:
    """Return slope and intercept of least squares."""
    slope, intercept = np.polyfit(np.asarray(x, dtype=float), np.asarray(y, dtype=float), 1)
    return float(slope), float(intercept)


def spans(size: Size) -> list[int]:
    """First days over which effects are measured, as far as the run goes."""
    return [d for d in (28, 90, 180, 364) if d <= size.days] or [size.days]

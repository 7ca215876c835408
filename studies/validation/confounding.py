"""The trap "calls follow potential": naive, fixed effects and truth on the simulator's own data.

The first half of the run follows the usual plan. In the second half a planner changes the visit intervals by territory
and class, in a pattern that owes nothing to sales. The same market is also run without the change, on the same luck:
that is the truth that an analyst never sees.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.engine import Session
from studies.validation.runs import BURN_IN_DAYS, CLASSES, Size, after_burn_in, continued, market

Array = NDArray[np.float64]
FACTORS = (0.5, 1.0, 2.0)
TERRITORIES = 6
MONTH = 28
MARKET = {
    "territories": {"generate": {"n": TERRITORIES, "population_sigma": 0.2}},
    "team": {"generate": {"n": 12}},
    "mechanisms": {"advisor_turnover": False},
}


def halves(session: Session) -> tuple[Array, Array]:
    """Our units sold and calls by half of the run and outlet, both of shape (2, outlets); outlets open throughout."""
    world = session.world
    mine = world.product_company == 0
    sold = session.recorder.outlet_panel[BURN_IN_DAYS : session.day][:, :, mine, 0].sum(axis=2)
    half = sold.shape[0] // 2
    sales = np.stack([sold[:half].sum(axis=0), sold[half : 2 * half].sum(axis=0)]).astype(float)
    visits = world.tables["visits"].columns()
    when = (visits["day"] - BURN_IN_DAYS) // half
    keep = (when >= 0) & (when < 2)
    calls = np.zeros_like(sales)
    np.add.at(calls, (when[keep], visits["outlet"][keep]), 1)
    return sales, calls


def by_month(session: Session) -> tuple[Array, Array]:
    """Our units sold and calls by four weeks of the usual plan and outlet, both of shape (n_months, outlets)."""
    world = session.world
    sold = session.recorder.outlet_panel[BURN_IN_DAYS : session.day][:, :, world.product_company == 0, 0].sum(axis=2)
    n = sold.shape[0] // MONTH
    sales = sold[: n * MONTH].reshape(n, MONTH, -1).sum(axis=1).astype(float)
    visits = world.tables["visits"].columns()
    when = (visits["day"] - BURN_IN_DAYS) // MONTH
    keep = (when >= 0) & (when < n)
    calls = np.zeros_like(sales)
    np.add.at(calls, (when[keep], visits["outlet"][keep]), 1)
    return sales, calls


def within(session: Session, used: NDArray[np.bool_]) -> float:
    """Return units per call within shops by four weeks, with a constant for every shop and month.

    Nobody changes the plan: what moves a shop's calls is the date on which its round falls, a full day, a leaver, or a
    change of what is believed of its size.
    """
    sales, calls = (v[:, used] for v in by_month(session))
    y, x = (v - v.mean(axis=0) - v.mean(axis=1, keepdims=True) + v.mean() for v in (sales, calls))
    return float((x * y).sum() / (x * x).sum())


def slope(y: Array, x: Array) -> float:
    """Least squares with a constant."""
    x, y = x - x.mean(), y - y.mean()
    return float((x * y).sum() / (x * x).sum())


def new_plan(session: Session) -> None:
    """At half time, multiply the intervals by 0.5, 1 or 2, balanced over territories and classes."""
    session.step(BURN_IN_DAYS + session.scenario.calendar.duration_days // 2)
    visit = session.scenario.team.visit
    days = (visit.every_days_a, visit.every_days_b, visit.every_days_c)
    for t, territory in enumerate(session.world.names.territories):
        for c, name in enumerate(CLASSES):
            factor = FACTORS[(t + c) % len(FACTORS)]
            session.pull("visit_every_days", days[c] * factor, territory=territory, **{"class": name})


def calls_follow_potential(size: Size, seed: int) -> dict[str, object]:
    """Elasticity of sales to calls, and units per extra call, by three methods in one market."""
    wide = Size(size.replications, size.days, size.wide_outlets, size.wide_outlets, size.households)
    scenario = market(wide, seed, MARKET)
    saved = after_burn_in(scenario)
    base, shifted = continued(scenario, saved), continued(scenario, saved, new_plan)
    (sales, calls), (sales_shifted, calls_shifted) = halves(base), halves(shifted)
    world = base.world
    used = world.is_open & (world.outlet_open_day < 0) & shifted.world.is_open
    for values in (sales, calls, sales_shifted, calls_shifted):
        used = used & (values > 0).all(axis=0)
    every = {"s": sales, "c": calls, "S": sales_shifted, "C": calls_shifted}
    units = {name: v[:, used] for name, v in every.items()}
    log = {name: np.log(v) for name, v in units.items()}
    return {
        "elasticity": methods(log),
        "units": methods(units),
        "months": within(base, used),
        "points_calls": units["c"].sum(axis=0).tolist(),
        "points_sales": units["s"].sum(axis=0).tolist(),
        "change_calls": (log["C"][1] - log["C"][0]).tolist(),
        "change_sales": (log["S"][1] - log["S"][0]).tolist(),
        "outlets": int(used.sum()),
    }


def methods(v: dict[str, Array]) -> dict[str, float]:
    """Cross-section under the usual plan, fixed effects over a change of plan, and what the change really did.

    Sales s and calls c without the change, S and C with it; each of shape (2 halves, outlets).
    """
    return {
        "naive": slope(v["s"][1], v["c"][1]),
        "fixed": slope(v["S"][1] - v["S"][0], v["C"][1] - v["C"][0]),
        "truth": slope(v["S"][1] - v["s"][1], v["C"][1] - v["c"][1]),
    }

"""Regularities of field work: returns of visits, a lost advisor, travel and density."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Day
from sim.agents.personnel import Personnel
from sim.engine import Session
from studies.validation.runs import (
    BURN_IN_DAYS,
    Size,
    after_burn_in,
    continued,
    daily_calls,
    daily_sales,
    market,
    panel,
    set_intervals,
)

Array = NDArray[Any]
FACTORS = (0.5, 0.7, 1.0, 2.0, 4.0, 8.0, 100.0)
RADII_KM = (3.0, 6.0, 12.0, 24.0)
LOSS_DAYS = 168


def visit_curve(size: Size, seed: int) -> dict[str, list[float]]:
    """Our sales in the second half of the run at seven visit frequencies, same market and luck.

    There are four times the default advisors, so that even daily rounds find the time.
    """
    scenario = market(size, seed, {"team": {"generate": {"n": 8}}, "recording": {"visits": False}})
    saved = after_burn_in(scenario)
    half = size.days // 2
    calls, sales = [], []
    for factor in FACTORS:
        session = continued(scenario, saved, lambda s, factor=factor: set_intervals(s, factor))
        shops = panel(session, "territory", "open_outlets")[half:].sum(axis=1).mean()
        calls.append(float(daily_calls(session)[half:].mean() * 30.0 / shops))
        sales.append(float(daily_sales(session)[half:].mean()))
    return {"calls": calls, "sales": sales}


def outlet_sell_in(session: Session) -> Array:
    """Our units delivered to each outlet a day, from stock and sales; shape (days, outlets)."""
    mine = session.world.product_company == 0
    recorded = session.recorder.outlet_panel[BURN_IN_DAYS - 1 : session.day][:, :, mine].astype(np.int64)
    sold, stock = recorded[..., 0].sum(axis=2), recorded[..., 1].sum(axis=2)
    return sold[1:] + np.diff(stock, axis=0)


def advised_orders(session: Session, patch: Array) -> tuple[Array, Array]:
    """Units ordered at calls on the patch and number of calls, by week."""
    visits = session.world.tables["visits"].columns()
    keep = (visits["day"] >= BURN_IN_DAYS) & np.isin(visits["outlet"], patch)
    week = (visits["day"][keep] - BURN_IN_DAYS) // 7
    weeks = (session.day - BURN_IN_DAYS) // 7
    units = np.bincount(week, visits["order_units"][keep], minlength=weeks)[:weeks]
    return units, np.bincount(week, minlength=weeks)[:weeks]


def lost_advisor(size: Size, seed: int) -> dict[str, Any]:
    """Dismiss one advisor on the first measured morning: three ways of filling the post, each against keeping him."""
    days = min(size.days, LOSS_DAYS)
    short = Size(size.replications, days, size.outlets, size.wide_outlets, size.households)
    out: dict[str, Any] = {}
    ways = {
        "vacant 30 days, handover": {"hiring_delay_days": 30, "handover": True},
        "successor at once, handover": {"hiring_delay_days": 0, "handover": True},
        "successor at once, no handover": {"hiring_delay_days": 0, "handover": False},
    }
    for name, turnover in ways.items():
        scenario = market(short, seed, {"team": {"turnover": turnover}, "mechanisms": {"advisor_turnover": False}})
        saved = after_burn_in(scenario)
        kept = continued(scenario, saved)
        first = Session.restore(scenario, saved)
        post = int(np.flatnonzero(first.world.is_employed)[0])
        patch = np.flatnonzero(first.world.outlet_advisor == post)
        lost = continued(scenario, saved, lambda s, post=post: dismiss(s, post))
        tie = first.world.relation[patch, 0]
        personal = np.minimum(first.world.personal_tie[patch], tie)
        out[name] = {
            **compared(kept, lost, patch),
            "relation": float(tie.mean()),
            "personal": float(personal.sum() / tie.sum()),
        }
    return out


def dismiss(session: Session, post: int) -> None:
    """Let the advisor of a post go this morning."""
    people = next(agent for agent in session.agents if isinstance(agent, Personnel))
    people.dismiss(Day(session.day, session.calendar.date_of(session.day), True), post)


def compared(kept: Session, lost: Session, patch: Array) -> dict[str, Any]:
    """Weekly ratios of the patch, lost against kept: advised orders, orders a call, deliveries, sales, relation now."""
    (units_kept, calls_kept), (units_lost, calls_lost) = advised_orders(kept, patch), advised_orders(lost, patch)
    weeks = units_kept.shape[0]

    def by_week(session: Session, what: str) -> Array:
        if what == "sell_in":
            daily = outlet_sell_in(session)[:, patch].sum(axis=1)
        else:
            mine = session.world.product_company == 0
            daily = session.recorder.outlet_panel[BURN_IN_DAYS : session.day][:, patch][:, :, mine, 0].sum(axis=(1, 2))
        return daily[: weeks * 7].reshape(weeks, 7).sum(axis=1)

    return {
        "advised_kept": units_kept.tolist(),
        "advised_lost": units_lost.tolist(),
        "calls_kept": calls_kept.tolist(),
        "calls_lost": calls_lost.tolist(),
        "sell_in_kept": by_week(kept, "sell_in").tolist(),
        "sell_in_lost": by_week(lost, "sell_in").tolist(),
        "sales_kept": by_week(kept, "sales").tolist(),
        "sales_lost": by_week(lost, "sales").tolist(),
    }


def travel(size: Size, seed: int) -> dict[str, list[float]]:
    """Calls a day and the travel share of a busy advisor in territories from dense to sparse."""
    short = Size(size.replications, min(size.days, 84), size.outlets, size.wide_outlets, size.households)
    share, calls, minutes = [], [], []
    for radius in RADII_KM:
        place = {
            "territories": {"generate": {"n": 1, "radius_km": radius}},
            "outlets": {"generate": {"town_spread_km": radius / 8.0}},
            "team": {"generate": {"n": 1}, "visit": {"every_days_a": 5.0, "every_days_b": 7.0, "every_days_c": 14.0}},
            "mechanisms": {"advisor_turnover": False},
            "recording": {"visits": False},
        }
        session = Session(market(short, seed, place))
        session.step(session.calendar.n_days)
        working = panel(session, "advisor", "working") > 0
        made = panel(session, "advisor", "calls")[working].sum()
        driving = panel(session, "advisor", "driving_minutes")[working].sum()
        calling = panel(session, "advisor", "visiting_minutes")[working].sum()
        share.append(float(driving / (driving + calling)))
        calls.append(float(made / working.sum()))
        minutes.append(float(calling / made))
    return {"share": share, "calls": calls, "minutes": minutes}

"""Elasticities of the default market from paired runs: one lever moved, everything else, luck included, the same."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine import Session
from studies.validation.runs import (
    Size,
    after_burn_in,
    continued,
    daily_calls,
    daily_sales,
    market,
    ours,
    panel,
    set_intervals,
    spans,
)

Array = NDArray[Any]
PRICE_CUT = 0.05
FACINGS = 0.25
SHELF_DAYS = 90
LOW_VISITS = {"team": {"visit": {"every_days_a": 28.0, "every_days_b": 56.0, "every_days_c": 112.0}}}


def log_ratio(changed: Array, base: Array, days: int) -> float:
    """Logarithm of the ratio of sums over the first days; not a number where one of them is zero."""
    more, less = float(changed[:days].sum()), float(base[:days].sum())
    return float(np.log(more / less)) if more > 0.0 and less > 0.0 else float("nan")


def cut_price(session: Session) -> None:
    """Cut the shelf price of all our products."""
    session.pull("price_cut", PRICE_CUT)


def double_advertising(session: Session) -> None:
    """Double our advertising in every territory."""
    for t, name in enumerate(session.world.names.territories):
        session.pull("advertising_cents", float(2 * session.world.lever_advertising_cents[t]), territory=name)


def paired(size: Size, seed: int) -> dict[str, Any]:
    """Own price, advertising, visits halved and doubled: elasticities by length of the run."""
    scenario = market(size, seed, {"recording": {"visits": False, "outlet_panel": False}})
    saved = after_burn_in(scenario)
    base = continued(scenario, saved)
    sales, calls = daily_sales(base), daily_calls(base)
    out: dict[str, Any] = {"days": spans(size)}
    for name, change, ratio in (("price", cut_price, 1.0 - PRICE_CUT), ("advertising", double_advertising, 2.0)):
        changed = daily_sales(continued(scenario, saved, change))
        out[name] = [log_ratio(changed, sales, d) / float(np.log(ratio)) for d in spans(size)]
    for name, factor in (("visits doubled", 0.5), ("visits halved", 2.0)):
        other = continued(scenario, saved, lambda s, factor=factor: set_intervals(s, factor))
        out[name] = by_span(other, base, size)
        out[f"{name}, late"] = late_elasticity(other, base)
        out[f"{name}, calls"] = float(np.exp(log_ratio(daily_calls(other), calls, size.days)))
    return out


def by_span(other: Session, base: Session, size: Size) -> list[float]:
    """Visit elasticity over the first days: change of sales by change of calls really made."""
    sold, made = (daily_sales(other), daily_sales(base)), (daily_calls(other), daily_calls(base))
    return [log_ratio(*sold, d) / log_ratio(*made, d) for d in spans(size)]


def late_elasticity(other: Session, base: Session) -> float:
    """Visit elasticity in the second half of the run, when relations, shelves and listings have moved."""
    half = daily_sales(base).shape[0] // 2
    sold = np.log(daily_sales(other)[half:].sum() / daily_sales(base)[half:].sum())
    made = np.log(daily_calls(other)[half:].sum() / daily_calls(base)[half:].sum())
    return float(sold / made)


def shelf_space(size: Size, seed: int) -> dict[str, float]:
    """Give our products a quarter more shelf weight than in the same market without, anew every morning.

    Both markets go on side by side, so that calls and decay can't wear the difference off; listings, relations and
    orders stay free to answer.
    """
    scenario = market(size, seed, {"recording": {"visits": False, "outlet_panel": False}})
    saved = after_burn_in(scenario)
    base, more = Session.restore(scenario, saved), Session.restore(scenario, saved)
    mine, terms = ours(base), scenario.retail.shelf
    days = min(SHELF_DAYS, size.days)
    for _ in range(days):
        world = base.world
        weight = 1.0 + world.shelf_gain[:, mine] + terms.relation_weight * world.relation[:, :1]
        weight = weight + terms.display_weight * world.display_on[:, :1]
        more.world.shelf_gain[:, mine] = world.shelf_gain[:, mine] + FACINGS * weight
        more.world.weight_is_stale[:] = True
        base.step()
        more.step()
    facings = float(np.log(weighted_facings(more, days) / weighted_facings(base, days)))
    return {"elasticity": log_ratio(daily_sales(more), daily_sales(base), days) / facings, "facings": facings}


def weighted_facings(session: Session, days: int) -> float:
    """Mean share of facings of one of our products over the first days."""
    return float(panel(session, "market", "facings_share")[:days][:, :, ours(session)].mean())


def from_few_visits(size: Size, seed: int) -> dict[str, Any]:
    """The same for visits, but from intervals of 28, 56 and 112 days."""
    scenario = market(size, seed, LOW_VISITS, {"recording": {"visits": False, "outlet_panel": False}})
    saved = after_burn_in(scenario)
    base = continued(scenario, saved)
    out: dict[str, Any] = {"days": spans(size)}
    for name, factor in (("visits doubled", 0.5), ("visits halved", 2.0)):
        other = continued(scenario, saved, lambda s, factor=factor: set_intervals(s, factor))
        out[name] = by_span(other, base, size)
        out[f"{name}, late"] = late_elasticity(other, base)
    return out

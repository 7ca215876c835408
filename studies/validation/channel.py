"""Regularities of the channel: distribution and share, the bullwhip, loading for rebates."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from sim.engine import Session
from studies.validation.runs import Size, after_burn_in, continued, market, panel

Array = NDArray[Any]
LISTING_BONUSES = (-4.0, -2.8, -1.8, -0.9, 0.0, 1.5)
SETTLING_DAYS = 28
VENDOR_MANAGED = 5.0
PERIOD_DAYS = 30


def distribution_path(size: Size, seed: int) -> dict[str, dict[str, list[float]]]:
    """Our share against our weighted distribution in otherwise equal markets, by the history of listings.

    Once with listings frozen, so that distribution is the only thing that differs, and once as usual.
    """
    short = Size(size.replications, min(size.days, 90), size.outlets, size.wide_outlets, size.households)
    out: dict[str, dict[str, list[float]]] = {}
    for name, moves in (("frozen", False), ("free", True)):
        x, y = [], []
        for bonus in LISTING_BONUSES:
            changes = {
                "ours": {"listing_bonus": bonus},
                "recording": {"visits": False, "outlet_panel": False},
                "mechanisms": {"listing_changes": moves},
            }
            session = Session(market(short, seed, changes))
            session.step(session.calendar.n_days)
            mine = session.world.product_company == 0
            listed = panel(session, "market", "listed_weight")[:, :, mine].mean(axis=2).sum()
            sold = panel(session, "market", "sell_out_units").sum(axis=(0, 1))
            x.append(float(listed / panel(session, "territory", "open_weight").sum()))
            y.append(float(sold[mine].sum() / sold.sum()))
        out[name] = {"distribution": x, "share": y}
    return out


def weekly(values: Array) -> Array:
    """Sums over whole weeks after the settling time, shape (weeks, …)."""
    kept = values[SETTLING_DAYS:]
    weeks = kept.shape[0] // 7
    return kept[: weeks * 7].reshape(weeks, 7, *values.shape[1:]).sum(axis=1)


def swing(values: Array) -> float:
    """Squared coefficient of variation of weekly sums, averaged over product streams."""
    sums = weekly(values)
    mean = sums.mean(axis=0)
    used = mean > 0
    return float((sums.var(axis=0, ddof=1)[used] / mean[used] ** 2).mean())


def flows(session: Session) -> dict[str, Array]:
    """Our goods by tier, each of shape (days, streams): consumers, shops' orders, distributors' orders, factory."""
    world = session.world
    mine, us = world.product_company == 0, world.distributor_company == 0
    places = world.distributor_territory[us]
    by_tier = {
        "consumers": panel(session, "market", "sell_out_units")[:, places][:, :, mine],
        "shops": panel(session, "distributor", "ordered_by_outlets")[:, us][:, :, mine],
        "distributors": panel(session, "distributor", "ordered_units")[:, us][:, :, mine],
        "factory orders": panel(session, "factory", "ordered_units")[:, mine],
        "factory output": panel(session, "factory", "made_units")[:, mine],
    }
    return {tier: units.reshape(units.shape[0], -1) for tier, units in by_tier.items()}


def bullwhip(size: Size, seed: int) -> dict[str, dict[str, float]]:
    """Swing of each tier, with orders only, with shared data, and with vendor-managed stock."""
    scenario = market(size, seed, {"recording": {"visits": False}})
    saved = after_burn_in(scenario)

    def share(session: Session) -> None:
        session.pull("information_system", 1.0)

    def manage(session: Session) -> None:
        session.pull("information_system", 1.0)
        session.pull("policy", VENDOR_MANAGED)

    runs = {"orders only": None, "shared data": share, "vendor-managed": manage}
    after = {name: flows(continued(scenario, saved, change)) for name, change in runs.items()}
    return {name: {tier: swing(units) for tier, units in found.items()} for name, found in after.items()}


def loading(size: Size, seed: int) -> dict[str, Any]:
    """Distributors' orders by day of the target period, without and with a rebate of 5 %."""
    scenario = market(size, seed, {"recording": {"visits": False}})
    saved = after_burn_in(scenario)
    result: dict[str, Any] = {}
    for name, rate in (("none", 0.0), ("rebate", 0.05)):
        session = continued(scenario, saved, lambda s, rate=rate: s.pull("rebate_rate", rate))
        us = session.world.distributor_company == 0
        orders = panel(session, "distributor", "ordered_units")[:, us].sum(axis=(1, 2))
        periods = orders.shape[0] // PERIOD_DAYS
        by_day = orders[: periods * PERIOD_DAYS].reshape(periods, PERIOD_DAYS).sum(axis=0)
        sell_out = panel(session, "market", "sell_out_units")[:, :, session.world.product_company == 0].sum()
        stock = panel(session, "distributor", "stock_units")[:, us].sum(axis=(1, 2)).mean()
        window = session.scenario.distributors.push.loading_window_days
        result[name] = {
            "by_day": (by_day / by_day.mean()).tolist(),
            "last_days": float(by_day[-window:].sum() / by_day.sum()),
            "orders": float(orders.sum()),
            "sell_out": float(sell_out),
            "stock": float(stock),
        }
    return result

"""Stock KPIs: how much lies where, how fast it turns, what is old, and how orders swing."""

from __future__ import annotations

import math
from functools import partial
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.metrics.cut import Cut, per_name
from sim.metrics.kpi import Kpi, Measure, Parts, divide, from_parts, nothing, own
from sim.metrics.position import TRAILING_DAYS

MIN_WEEKS: Final = 4
"""Full weeks below which a variance of weekly totals says nothing."""

_stock = partial(from_parts, group="stock")

_FACTORY = own("factory", "stock_units")
_DISTRIBUTOR = own("distributor", "stock_units")
_OUTLET = own("market", "outlet_stock_units")
_SHIPPED = own("factory", "shipped_units")
_DELIVERED = own("distributor", "delivered_units")
_SOLD = own("market", "sell_out_units")


def chain(cut: Cut) -> pd.DataFrame:
    """All stock of ours between the factory and the consumer; nothing when one of the tiers was not recorded."""
    tiers = [_FACTORY(cut), own("distributor", "stock_units", "transit_units")(cut), _OUTLET(cut)]
    return nothing() if any(tier.empty for tier in tiers) else pd.concat(tiers, ignore_index=True)


def _aged(table: str, stock: str, flow: str, keys: tuple[str, ...]) -> Measure:
    """Units beyond `overstock_days` of the trailing 28 days' mean flow, for each combination of `keys`."""

    def measure(cut: Cut) -> pd.DataFrame:
        frame = cut.own_history(table)
        if cut.own(table).empty:
            return nothing()
        days = range(min(int(frame["day"].min()), cut.first), cut.last + 1)
        wide = frame.groupby(["day", *keys], observed=True)[[stock, flow]].sum().unstack(list(keys), fill_value=0)
        wide = wide.reindex(days, fill_value=0)
        recent = wide[flow].rolling(TRAILING_DAYS, min_periods=1).mean()
        limit = cut.scenario.distributors.push.overstock_days * recent
        aged = (wide[stock] - limit).clip(lower=0).to_numpy().sum(axis=1)
        frame = pd.DataFrame({"day": wide.index, "value": aged})
        return frame[frame["day"] >= cut.first]

    return measure


_AGED_DISTRIBUTOR = _aged("distributor", "stock_units", "delivered_units", ("distributor", "product"))
_AGED_OUTLET = _aged("market", "outlet_stock_units", "sell_out_units", ("territory", "product"))


def _days_in_span(cut: Cut) -> pd.DataFrame:
    return pd.DataFrame({"day": range(cut.first, cut.last + 1), "value": 1})


def _markdown(cut: Cut) -> pd.DataFrame:
    """Invoices to outlets below the trade price of the constants table. [cents]."""
    listed = _listed_value(cut)
    return listed if listed.empty else listed.assign(value=listed["value"] - cut.own("market")["sell_in_cents"])


def _listed_value(cut: Cut) -> pd.DataFrame:
    """Goods delivered to outlets at the trade price of the constants table. [cents]."""
    frame, constants = cut.own("market"), cut.rows("constants")
    if frame.empty or constants.empty:
        return nothing()
    prices = dict(zip(constants["product"].astype(object), constants["trade_price_cents"], strict=True))
    return pd.DataFrame({"day": frame["day"], "value": frame["sell_in_units"] * per_name(frame["product"], prices)})


def weekly_totals(measure: Measure, cut: Cut) -> NDArray[np.float64]:
    """Return totals of the full weeks of the span, counted from its first day; empty when nothing was recorded."""
    frame, n_weeks = measure(cut), cut.n_days // 7
    if frame.empty:
        return np.zeros(0)
    week = (frame["day"].to_numpy() - cut.first) // 7
    whole = week < n_weeks
    totals = np.zeros(n_weeks)
    np.add.at(totals, week[whole], frame["value"].to_numpy()[whole])
    return totals


def _variance_ratio(orders: Measure, demand: Measure, cut: Cut) -> float:
    """Return Var(weekly orders) ÷ Var(weekly demand), all products together; NaN below `MIN_WEEKS` full weeks."""
    ordered, demanded = weekly_totals(orders, cut), weekly_totals(demand, cut)
    if min(len(ordered), len(demanded)) < MIN_WEEKS:
        return math.nan
    return divide(float(ordered.var(ddof=1)), float(demanded.var(ddof=1)))


def _bullwhip(
    name: str, orders: Measure, demand: Measure, formula: str, description: str, *, by_territory: bool = True
) -> Kpi:
    return Kpi(
        name,
        "stock",
        f"{formula}; totals of full weeks from the first day of the span, all our products together",
        "ratio",
        "lower",
        description,
        partial(_variance_ratio, orders, demand),
        by_territory=by_territory,
    )


def _tier(tier: str, stock: Measure, flow: Measure, what: str, *, by_territory: bool = True) -> tuple[Kpi, Kpi]:
    return (
        _stock(
            f"days_of_stock_{tier}",
            parts=Parts(stock, flow),
            formula=f"Σ daily {what}",
            unit="days",
            better="lower",
            description=f"Days that the mean stock of the {tier} tier lasts at its outflow in the span.",
            by_territory=by_territory,
        ),
        _stock(
            f"turns_{tier}",
            parts=Parts(flow, stock, scale=365.0),
            formula=f"365 ÷ (Σ daily {what})",
            unit="1/year",
            better="higher",
            description=f"Times a year that the stock of the {tier} tier is renewed.",
            by_territory=by_territory,
        ),
    )


_OUTLET_ORDERS = own("distributor", "ordered_by_outlets")
_FACTORY_ORDERS = own("distributor", "ordered_units")

KPIS = (
    *_tier("factory", _FACTORY, _SHIPPED, "stock_units ÷ Σ shipped_units (factory)", by_territory=False),
    *_tier("distributor", _DISTRIBUTOR, _DELIVERED, "stock_units ÷ Σ delivered_units (distributors)"),
    *_tier("outlet", _OUTLET, _SOLD, "outlet_stock_units ÷ Σ sell_out_units (outlets)"),
    *_tier(
        "chain",
        chain,
        _SOLD,
        "stock of factory, distributors, transit and outlets ÷ Σ sell_out_units",
        by_territory=False,
    ),
    *(
        _stock(
            f"age_of_goods_{tier}",
            parts=Parts(own(table, age), own(table, stock)),
            formula=f"Σ daily {age} ÷ Σ daily {stock} ({table}); 0 without mechanisms.age_of_goods",
            unit="days",
            better="lower",
            description=f"Mean age of our goods at the {tier} tier, from the day on which they were made.",
            by_territory=tier != "factory",
        )
        for tier, table, age, stock in (
            ("factory", "factory", "age_sum", "stock_units"),
            ("distributor", "distributor", "age_sum", "stock_units"),
            ("outlet", "market", "outlet_age_sum", "outlet_stock_units"),
        )
    ),
    _stock(
        "aged_stock_units",
        parts=Parts(_AGED_DISTRIBUTOR, _days_in_span),
        formula="Σ max(0, stock_units − overstock_days × mean delivered_units of the trailing 28 days) "
        "÷ days of the span, by distributor and product",
        unit="units",
        better="lower",
        description="Distributors' stock beyond distributors.push.overstock_days of sales (daily mean).",
    ),
    _stock(
        "aged_stock_share",
        parts=Parts(_AGED_DISTRIBUTOR, _DISTRIBUTOR),
        formula="Σ aged stock (as in aged_stock_units) ÷ Σ stock_units of our distributors",
        unit="share",
        better="lower",
        description="Share of distributors' stock that is aged.",
    ),
    _stock(
        "aged_stock_share_outlet",
        parts=Parts(_AGED_OUTLET, _OUTLET),
        formula="Σ max(0, outlet_stock_units − overstock_days × mean sell_out_units of the trailing 28 days) "
        "÷ Σ outlet_stock_units, by territory and product",
        unit="share",
        better="lower",
        description="The same on shelves; outlets of a territory are pooled, so single slow shops hide in it.",
    ),
    _stock(
        "markdown_value",
        parts=Parts(_markdown, in_cents=True),
        formula="Σ (sell_in_units × trade_price_cents − sell_in_cents) ÷ 100",
        unit="currency",
        better="lower",
        description="Given away to outlets below the trade price: clearance of overstock and trade discounts.",
    ),
    _stock(
        "markdown_rate",
        parts=Parts(_markdown, _listed_value),
        formula="1 − Σ sell_in_cents ÷ Σ (sell_in_units × trade_price_cents)",
        unit="share",
        better="lower",
        description="Mean discount to outlets below the trade price.",
    ),
    _bullwhip(
        "bullwhip_outlet",
        _OUTLET_ORDERS,
        _SOLD,
        "Var(ordered_by_outlets) ÷ Var(sell_out_units)",
        "How much outlets' orders swing against what consumers buy.",
    ),
    _bullwhip(
        "bullwhip_distributor",
        _FACTORY_ORDERS,
        _OUTLET_ORDERS,
        "Var(ordered_units) ÷ Var(ordered_by_outlets)",
        "How much distributors' orders swing against outlets' orders.",
    ),
    _bullwhip(
        "bullwhip_factory",
        own("factory", "made_units"),
        own("factory", "ordered_units"),
        "Var(made_units) ÷ Var(ordered_units of the factory)",
        "How much production swings against distributors' orders.",
        by_territory=False,
    ),
    _bullwhip(
        "bullwhip_chain",
        _FACTORY_ORDERS,
        _SOLD,
        "Var(ordered_units) ÷ Var(sell_out_units)",
        "How much the factory's incoming orders swing against what consumers buy.",
    ),
)

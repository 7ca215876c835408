"""What money costs, and what is left at the end: interest, capital tied up, and the value of our position."""

from __future__ import annotations

from functools import partial
from typing import Final

import pandas as pd

from sim.metrics.cut import Cut
from sim.metrics.kpi import Kpi, Measure, Parts, days_of, divide, from_parts, nothing, total
from sim.metrics.money import TIERS, Tier, booked, closing, gross_margin, negative, profit, together

DAYS_OF_A_WEEK: Final = 7
DAYS_OF_A_YEAR: Final = 365.0
IN_PROFIT: Final = "The profit counts stock and claims already, so only the position is added to it."

_capital = partial(from_parts, group="money", by_territory=False)


def tied_up(tier: Tier) -> Measure:
    """Stock at cost and receivables less payables of a tier at the end of each day. [cents]."""
    held, claims, owed = (closing(tier, f"{column}_cents") for column in ("inventory", "receivable", "payable"))
    return together(held, claims, negative(owed))


def _last_day(measure: Measure) -> Measure:
    return lambda cut: measure(cut.over(cut.last, cut.last))


def position_value(cut: Cut) -> float:
    """Return what a company's place in the market is worth at the end of a span by `money.end_value` [currency]."""
    spec = cut.scenario.money.end_value
    first = max(cut.last - DAYS_OF_A_WEEK * spec.margin_weeks + 1, cut.reader.first_day)
    last_weeks = cut.over(first, cut.last)
    margin = divide(total(gross_margin("manufacturer"), last_weeks), last_weeks.n_days)
    worth = margin * DAYS_OF_A_YEAR * spec.margin_years * spec.retention
    if spec.relation_cents or spec.goodwill_cents:
        worth += total(_last_day(_capital_in_heads), cut)
    return worth / 100.0


def _capital_in_heads(cut: Cut) -> pd.DataFrame:
    """Relations with outlets and goodwill of their consumers at their stated values, by territory. [cents]."""
    spec, brands, outlets = cut.scenario.money.end_value, cut.own("brand_territory"), cut.rows("territory")
    if brands.empty or outlets.empty:
        return nothing()
    rows = brands.groupby(["day", "territory"], observed=True).agg({"relation": "mean", "goodwill": "sum"})
    n = outlets.set_index(["day", "territory"])["open_outlets"].reindex(rows.index)
    value = n * (spec.relation_cents * rows["relation"] + spec.goodwill_cents * rows["goodwill"])
    return value.rename("value").reset_index()[["day", "value"]]


def end_value(cut: Cut) -> float:
    """Return stock at cost + receivables − payables at the end of a span, and the value of the position [currency]."""
    return total(_last_day(tied_up("manufacturer")), cut) / 100.0 + position_value(cut)


def profit_with_end_value(cut: Cut) -> float:
    """Return the profit of a span and the value of the position at its end [currency]."""
    return total(profit("manufacturer"), cut) / 100.0 + position_value(cut)


def _tier_kpis(tier: Tier, label: str) -> tuple[Kpi, Kpi]:
    of = {"manufacturer": "our company", "distributor": "our distributors", "outlet": "all outlets, all goods"}[tier]
    return (
        _capital(
            f"interest_{label}",
            parts=Parts(booked(tier, "interest"), in_cents=True),
            formula=f"Σ interest of {of} ÷ 100",
            unit="currency",
            better="lower",
            description=f"Interest that {of} paid on the capital tied up.",
        ),
        _capital(
            f"capital_tied_up_{label}",
            parts=Parts(tied_up(tier), days_of("balance"), in_cents=True),
            formula=f"Σ daily (inventory_cents + receivable_cents − payable_cents) of {of} ÷ 100 ÷ days of the span",
            unit="currency",
            better="lower",
            description=f"Mean stock at cost and claims of {of}, less what is owed for them.",
        ),
    )


_VALUE = partial(Kpi, group="money", unit="currency", better="higher", by_territory=False)
_POSITION = (
    "mean daily gross margin of the last margin_weeks × 365 × margin_years × retention "
    "+ Σ over territories of open_outlets × (relation_cents × relation + goodwill_cents × Σ goodwill) on the last day, "
    "with money.end_value"
)

KPIS = (
    *(kpi for tier, label in TIERS for kpi in _tier_kpis(tier, label)),
    _VALUE(
        "end_value",
        formula="(inventory_cents + receivable_cents − payable_cents of our company on the last day "
        f"+ {_POSITION}) ÷ 100",
        description="What our company has at the end of the span: stock, claims and its position in the market.",
        compute=end_value,
    ),
    _VALUE(
        "profit_with_end_value",
        formula=f"profit_manufacturer + ({_POSITION}) ÷ 100",
        description=f"Profit of the span and the value of the position at its end. {IN_PROFIT}",
        compute=profit_with_end_value,
    ),
)

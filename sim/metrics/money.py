"""Money KPIs: revenue, margin, cost per unit by driver, profit and cash of each tier. Not known by territory.

Amounts are the ledger's: debit positive, credit negative. The tiers are our company, our distributors together, and
all outlets together; outlets trade the goods of every company, so theirs are totals of the whole category.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Final, Literal

import pandas as pd

from sim.metrics.cut import Cut
from sim.metrics.kpi import Kpi, Measure, Parts, from_parts, nothing, own, sum_columns, value_of

Tier = Literal["manufacturer", "distributor", "outlet"]

BALANCE_ACCOUNTS: Final = ("cash", "inventory", "receivable", "payable", "equity", "drawings")
GOODS: Final = ("cogs", "price_variance")
FEES: Final = ("display_cost", "rebate_cost", "exclusive_cost", "listing_fee_cost")
PROMOTION: Final = ("promotion_cost", "advertising", *FEES)
PEOPLE: Final = ("advisor_cost", "promoter_cost", "hiring_training", "travel")
LOGISTICS: Final = ("logistics", "storage")
LOSSES: Final = ("penalty_cost", "bad_debt", "scrap", "interest")
GROUND: Final = ("platform", "opening_cost")
OTHER: Final = ("services_cost", "census_cost", "overhead", "upkeep", *GROUND, "capacity_cost", *LOSSES)
CALL_COSTS: Final = ("advisor_cost", "travel")
TIERS: Final[tuple[tuple[Tier, str], ...]] = (
    ("manufacturer", "manufacturer"),
    ("distributor", "distributors"),
    ("outlet", "retailers"),
)


def cash_conversion_cycle(dio: float, dso: float, dpo: float) -> float:
    """Return the days for which cash is tied up: days of inventory + days of sales − days of payables. [days].

    Source: Richards & Laughlin 1980.
    """
    return dio + dso - dpo


def _party(tier: Tier, cut: Cut) -> str:
    return "outlets" if tier == "outlet" else cut.company


def _of_tier(frame: pd.DataFrame, tier: Tier, cut: Cut) -> pd.DataFrame:
    """Rows of the tier's party; none when that party keeps no books in the record."""
    return frame if frame.empty else frame[(frame["tier"] == tier) & (frame["party"] == _party(tier, cut))]


def _amounts(tier: Tier, accounts: tuple[str, ...], cut: Cut, *, excluded: bool = False) -> pd.DataFrame:
    """Postings of a tier on some accounts, or on all but these.

    Only non-zero rows are recorded. A party that keeps books, but never used the accounts, has spent 0; a party
    without books is not recorded.
    """
    books = _of_tier(cut.rows("money"), tier, cut)
    if books.empty:
        return nothing()
    chosen = books[books["account"].isin(accounts) ^ excluded]
    if chosen.empty:
        return pd.DataFrame({"day": [cut.first], "value": [0]})
    return sum_columns(chosen, ("amount_cents",))


def booked(tier: Tier, *accounts: str) -> Measure:
    """Net debits of a tier on some accounts: what it spent. [cents]."""
    return lambda cut: _amounts(tier, accounts, cut)


def earned(tier: Tier, *accounts: str) -> Measure:
    """Net credits of a tier on some accounts: what it earned. [cents]."""

    def measure(cut: Cut) -> pd.DataFrame:
        frame = _amounts(tier, accounts, cut)
        return frame.assign(value=-frame["value"])

    return measure


def profit(tier: Tier) -> Measure:
    """Profit of a tier: minus the sum over all accounts that are not balance-sheet accounts. [cents]."""

    def measure(cut: Cut) -> pd.DataFrame:
        frame = _amounts(tier, BALANCE_ACCOUNTS, cut, excluded=True)
        return frame.assign(value=-frame["value"])

    return measure


def together(*measures: Measure) -> Measure:
    """All rows of several measures; nothing when one of them was not recorded."""

    def measure(cut: Cut) -> pd.DataFrame:
        frames = [part(cut) for part in measures]
        return nothing() if any(f.empty for f in frames) else pd.concat(frames, ignore_index=True)

    return measure


def gross_margin(tier: Tier) -> Measure:
    """Revenue less the cost of the goods sold. [cents]."""
    return together(earned(tier, "revenue"), negative(booked(tier, *GOODS)))


def negative(measure: Measure) -> Measure:
    """A measure with its sign turned."""

    def negated(cut: Cut) -> pd.DataFrame:
        frame = measure(cut)
        return frame.assign(value=-frame["value"])

    return negated


def closing(tier: Tier, column: str) -> Measure:
    """End-of-day balance of a tier. [cents]."""
    return lambda cut: sum_columns(_of_tier(cut.rows("balance"), tier, cut), (column,))


_money = partial(from_parts, group="money", by_territory=False)
_SOLD = own("market", "sell_out_units")


def _per_unit(name: str, costs: Measure, formula: str, description: str) -> Kpi:
    return _money(
        name,
        parts=Parts(costs, _SOLD, in_cents=True),
        formula=f"Σ ({formula}) ÷ 100 ÷ Σ sell_out_units of ours",
        unit="currency/unit",
        better="lower",
        description=description,
    )


_PROMOTION_COST = booked("manufacturer", *PROMOTION)
_PEOPLE_COST = booked("manufacturer", *PEOPLE)
_LOGISTICS_COST = together(booked("manufacturer", *LOGISTICS), booked("distributor", *LOGISTICS))
_OTHER_COST = booked("manufacturer", *OTHER)
SPENDING: Final = together(_PROMOTION_COST, _PEOPLE_COST, booked("manufacturer", *LOGISTICS), _OTHER_COST)
"""Operating spending of our company, cost of goods apart. [cents]."""


def _tier_kpis(tier: Tier, label: str) -> tuple[Kpi, ...]:
    """Revenue, margin, profit, debtors and cash of one tier."""
    goods = booked(tier, *GOODS)
    sales = earned(tier, "revenue")
    dio = Parts(closing(tier, "inventory_cents"), goods)
    dso = Parts(closing(tier, "receivable_cents"), sales)
    dpo = Parts(closing(tier, "payable_cents"), goods)
    of = {"manufacturer": "our company", "distributor": "our distributors", "outlet": "all outlets, all goods"}[tier]

    def cycle(cut: Cut) -> float:
        return cash_conversion_cycle(value_of(dio, cut), value_of(dso, cut), value_of(dpo, cut))

    return (
        _money(
            f"revenue_{label}",
            parts=Parts(sales, in_cents=True),
            formula=f"−Σ revenue of {of} ÷ 100",
            unit="currency",
            better="higher",
            description=f"Sales invoiced by {of}.",
        ),
        _money(
            f"gross_margin_{label}",
            parts=Parts(gross_margin(tier), in_cents=True),
            formula=f"(revenue − cogs − price_variance) of {of} ÷ 100",
            unit="currency",
            better="higher",
            description=f"Revenue of {of} less the cost of the goods sold.",
        ),
        _money(
            f"gross_margin_rate_{label}",
            parts=Parts(gross_margin(tier), sales),
            formula=f"(revenue − cogs − price_variance) ÷ revenue of {of}",
            unit="share",
            better="higher",
            description=f"Gross margin of {of} as a share of revenue.",
        ),
        _money(
            f"profit_{label}",
            parts=Parts(profit(tier), in_cents=True),
            formula=f"−Σ amount_cents of {of} ÷ 100, all accounts but {', '.join(BALANCE_ACCOUNTS)}",
            unit="currency",
            better="higher",
            description=f"Profit of {of} in the span.",
        ),
        _money(
            f"dio_{label}",
            parts=dio,
            formula=f"Σ daily inventory_cents ÷ Σ (cogs + price_variance) of {of}",
            unit="days",
            better="lower",
            description=f"Days of inventory of {of}.",
        ),
        _money(
            f"dso_{label}",
            parts=dso,
            formula=f"Σ daily receivable_cents ÷ Σ revenue of {of}",
            unit="days",
            better="lower",
            description=f"Days of sales outstanding of {of}.",
        ),
        _money(
            f"dpo_{label}",
            parts=dpo,
            formula=f"Σ daily payable_cents ÷ Σ (cogs + price_variance) of {of}",
            unit="days",
            better="neutral",
            description=f"Days of payables outstanding of {of}.",
        ),
        Kpi(
            f"cash_cycle_{label}",
            "money",
            f"dio_{label} + dso_{label} − dpo_{label}",
            "days",
            "lower",
            f"Cash conversion cycle of {of}.",
            cycle,
            by_territory=False,
        ),
    )


def cost_per_unit(cut: Cut) -> float:
    """Return the sum of the four drivers; NaN when one of them is."""
    return math.fsum(value_of(kpi.parts, cut) for kpi in _DRIVERS if kpi.parts is not None)


_DRIVERS = (
    _per_unit(
        "cost_per_unit_promotion",
        _PROMOTION_COST,
        " + ".join(PROMOTION) + " of our company",
        "Promotion, advertising, display, rebates and exclusive fees for one unit that a consumer buys.",
    ),
    _per_unit(
        "cost_per_unit_people",
        _PEOPLE_COST,
        " + ".join(PEOPLE) + " of our company",
        "Advisors and promoters, their hiring, training and travel, for one unit that a consumer buys.",
    ),
    _per_unit(
        "cost_per_unit_logistics",
        _LOGISTICS_COST,
        " + ".join(LOGISTICS) + " of our company and our distributors",
        "Freight, delivery and storage for one unit that a consumer buys.",
    ),
    _per_unit(
        "cost_per_unit_other",
        _OTHER_COST,
        " + ".join(OTHER) + " of our company",
        "Distributor services, census, office, platforms, penalties and losses for one unit that a consumer buys.",
    ),
)

KPIS = (
    *(kpi for tier, label in TIERS for kpi in _tier_kpis(tier, label)),
    *_DRIVERS,
    Kpi(
        "cost_per_unit",
        "money",
        "cost_per_unit_promotion + _people + _logistics + _other",
        "currency/unit",
        "lower",
        "Cost of bringing one unit to a consumer, goods apart.",
        cost_per_unit,
        by_territory=False,
    ),
    _money(
        "profit_chain",
        parts=Parts(together(profit("manufacturer"), profit("distributor")), in_cents=True),
        formula="profit_manufacturer + profit_distributors",
        unit="currency",
        better="higher",
        description="Profit of our company and our distributors together; shops' books hold all companies' goods.",
    ),
    _money(
        "bad_debt",
        parts=Parts(together(booked("manufacturer", "bad_debt"), booked("distributor", "bad_debt")), in_cents=True),
        formula="Σ bad_debt of our company and our distributors ÷ 100",
        unit="currency",
        better="lower",
        description="Claims on customers that were written off.",
    ),
    _money(
        "spending",
        parts=Parts(SPENDING, in_cents=True),
        formula="Σ promotion, people, logistics and other accounts of our company ÷ 100",
        unit="currency",
        better="neutral",
        description="Operating spending of our company, cost of goods apart.",
    ),
)

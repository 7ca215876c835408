"""KPIs of distributors: ours as companies, not known without `mechanisms.distributor_companies`, and of their pool."""

from __future__ import annotations

from functools import partial

import pandas as pd

from sim.metrics.cut import Cut
from sim.metrics.kpi import Measure, Parts, days_of, from_parts, nothing, ours, own

_partner = partial(from_parts, group="money", by_territory=False)
_CONTRACTS = own("partner", "contracts")
_contracts = partial(from_parts, group="market", unit="distributors", by_territory=False)


def poached(by_us: bool) -> Measure:
    """One for every distributor won by us from a rival, or by a rival from us; no rival wins another's."""

    def measure(cut: Cut) -> pd.DataFrame:
        if not cut.is_ours or cut.rows("market").empty:
            return nothing()
        events = cut.rows("events")
        days: list[int] = []
        if not events.empty:
            is_so = (events["kind"] == "distributor_poached") & ((events["object"] == cut.company) == by_us)
            days = events.loc[is_so, "day"].tolist()
        return pd.DataFrame({"day": [cut.first, *days], "value": [0, *[1] * len(days)]})

    return measure


KPIS = (
    _partner(
        "distributor_return_on_capital",
        parts=Parts(own("partner", "profit_cents"), own("partner", "capital_cents"), scale=365.0),
        formula="365 · Σ profit_cents ÷ Σ daily capital_cents of our distributors",
        unit="1/year",
        better="higher",
        description="Our distributors' profit after interest on what they tie up, a year, against their own capital.",
    ),
    _partner(
        "distributor_attention",
        parts=Parts(own("partner", "attention"), _CONTRACTS),
        formula="Σ attention ÷ Σ contracts of our distributors",
        unit="share",
        better="higher",
        description="Share of their time and vans that our distributors give us.",
    ),
    _partner(
        "distributor_reach",
        parts=Parts(own("partner", "reach"), _CONTRACTS),
        formula="Σ reach ÷ Σ contracts of our distributors",
        unit="share",
        better="higher",
        description="Share of the outlets around them that our distributors have on their lists.",
    ),
    _partner(
        "distributor_calls",
        parts=Parts(own("partner", "calls")),
        formula="Σ calls of our distributors' salesmen",
        unit="calls",
        better="higher",
        description="Calls that our distributors' own salesmen make for us.",
    ),
    _partner(
        "distributors_left",
        parts=Parts(own("partner", "left")),
        formula="Σ left of our distributors",
        unit="distributors",
        better="lower",
        description="Distributors that ended their contract with us because it did not pay.",
    ),
    _partner(
        "distributor_upkeep",
        parts=Parts(own("partner", "upkeep_cents"), in_cents=True),
        formula="Σ upkeep_cents of our distributors ÷ 100",
        unit="currency",
        better="lower",
        description="What the ties with our distributors cost us, services apart.",
    ),
    _contracts(
        "distributors_won",
        parts=Parts(poached(by_us=True)),
        formula="number of events distributor_poached by us",
        better="higher",
        description="Distributors that we won from rivals.",
    ),
    _contracts(
        "distributors_lost",
        parts=Parts(poached(by_us=False)),
        formula="number of events distributor_poached by rivals",
        better="lower",
        description="Distributors that rivals won from us.",
    ),
    from_parts(
        "free_distributors",
        "market",
        parts=Parts(ours("territory", "free_firms"), days_of("territory")),
        formula="Σ free_firms ÷ days",
        unit="distributors",
        better="neutral",
        description="Distributors that work for no company, mean of days; without a pool also the candidates of each.",
    ),
)

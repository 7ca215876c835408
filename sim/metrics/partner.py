"""KPIs of our distributors as companies; not known where `mechanisms.distributor_companies` is off."""

from __future__ import annotations

from functools import partial

from sim.metrics.kpi import Parts, from_parts, own

_partner = partial(from_parts, group="money", by_territory=False)
_CONTRACTS = own("partner", "contracts")

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
)

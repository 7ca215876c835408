"""Field KPIs: what our advisors do with their days."""

from __future__ import annotations

from functools import partial

import pandas as pd

from sim.metrics.cut import Cut
from sim.metrics.kpi import Kpi, Measure, Parts, from_parts, nothing, ours, rows_of, sum_columns
from sim.metrics.market import coverage
from sim.metrics.money import CALL_COSTS, booked

_field = partial(from_parts, group="field")
_DAYS = rows_of("advisor")
_CALLS = ours("advisor", "calls")
_PARTS = ("driving_minutes", "visiting_minutes", "survey_minutes", "coaching_minutes", "idle_minutes")
_MINUTES = ours("advisor", *_PARTS)


def _skill(name: str, columns: tuple[str, ...], description: str, unit: str = "0-1") -> Kpi:
    parts = Parts(ours("advisor", *columns), _DAYS, scale=1.0 / len(columns))
    formula = f"mean of {', '.join(columns)} over advisor-days"
    return _field(name, parts=parts, formula=formula, unit=unit, better="higher", description=description)


def _territories(name: str, column: str, description: str) -> Kpi:
    parts = Parts(ours("territory", column), rows_of("territory"))
    formula = f"mean of {column} over territory-days"
    return _field(name, parts=parts, formula=formula, unit="0-1", better="higher", description=description)


def _of_territories(column: str) -> Measure:
    """A column of the targets of territories."""

    def measure(cut: Cut) -> pd.DataFrame:
        frame = cut.rows("targets")
        if frame.empty or not cut.is_ours:
            return nothing()
        return sum_columns(frame[frame["level"] == "territory"], (column,))

    return measure


KPIS = (
    _field(
        "calls_per_day",
        parts=Parts(_CALLS, _DAYS),
        formula="Σ calls ÷ advisor-days worked",
        unit="calls/day",
        better="higher",
        description="Visits of an advisor in a working day.",
    ),
    _field(
        "strike_rate",
        parts=Parts(ours("advisor", "productive_calls"), _CALLS),
        formula="Σ productive_calls ÷ Σ calls",
        unit="share",
        better="higher",
        description="Share of calls that bring an order.",
    ),
    _field(
        "lines_per_call",
        parts=Parts(ours("advisor", "lines"), _CALLS),
        formula="Σ lines ÷ Σ calls",
        unit="lines/call",
        better="higher",
        description="Order lines per call, calls without an order included.",
    ),
    _field(
        "lines_per_productive_call",
        parts=Parts(ours("advisor", "lines"), ours("advisor", "productive_calls")),
        formula="Σ lines ÷ Σ productive_calls",
        unit="lines/call",
        better="higher",
        description="Order lines per call that brings an order.",
    ),
    _field(
        "listing_success",
        parts=Parts(ours("advisor", "new_listings"), ours("advisor", "attempts")),
        formula="Σ new_listings ÷ Σ attempts",
        unit="share",
        better="higher",
        description="Share of sell-in attempts that put a product on the shelf.",
    ),
    Kpi(
        "coverage",
        "field",
        "1 − Σ unvisited_outlets ÷ Σ open_outlets",
        "share",
        "higher",
        "Share of open outlets seen by our people within database.unvisited_after_days.",
        coverage,
    ),
    _field(
        "travel_share",
        parts=Parts(ours("advisor", "driving_minutes"), _MINUTES),
        formula=f"Σ driving_minutes ÷ Σ ({' + '.join(_PARTS)})",
        unit="share",
        better="lower",
        description="Share of the day spent on the road.",
    ),
    _field(
        "idle_share",
        parts=Parts(ours("advisor", "idle_minutes"), _MINUTES),
        formula=f"Σ idle_minutes ÷ Σ ({' + '.join(_PARTS)})",
        unit="share",
        better="lower",
        description="Share of the day for which there was nothing to do.",
    ),
    _field(
        "development_share",
        parts=Parts(ours("advisor", "survey_minutes", "coaching_minutes"), _MINUTES),
        formula=f"Σ (survey_minutes + coaching_minutes) ÷ Σ ({' + '.join(_PARTS)})",
        unit="share",
        better="neutral",
        description="Share of the day spent on finding outlets and on coaching colleagues.",
    ),
    _field(
        "found_per_day",
        parts=Parts(ours("advisor", "found_outlets"), _DAYS),
        formula="Σ found_outlets ÷ advisor-days worked",
        unit="outlets/day",
        better="higher",
        description="Unknown outlets that an advisor finds by survey in a working day.",
    ),
    _skill("skill", ("selling", "service", "coaching"), "Mean skill of the field force."),
    _skill("skill_selling", ("selling",), "Skill of getting listings and orders."),
    _skill("skill_service", ("service",), "Skill of shelf work and stock advice."),
    _skill("skill_coaching", ("coaching",), "Skill of teaching the customer and the team."),
    _skill("talent", ("talent",), "Work that our advisors do in the same time, against the mean person.", "1"),
    _territories(
        "programme_knowledge",
        "knowledge",
        "What our work is expected to achieve against a mastered programme, as the head office believes it.",
    ),
    _territories(
        "programme_efficiency",
        "efficiency",
        "What our work truly achieves against a mastered programme, which nobody in the market knows.",
    ),
    _skill("effort", ("effort",), "Work of our advisors in the same time, against that for a fixed wage.", "1"),
    _field(
        "plan_adherence",
        parts=Parts(ours("advisor", "by_plan"), _DAYS),
        formula="Σ by_plan ÷ advisor-days worked",
        unit="share",
        better="higher",
        description="Share of working days on which advisors keep to the plan.",
    ),
    _field(
        "advisor_pay",
        parts=Parts(booked("manufacturer", "advisor_cost"), _DAYS, in_cents=True),
        formula="Σ advisor_cost of our company ÷ 100 ÷ advisor-days worked",
        unit="currency/day",
        better="neutral",
        description="Wage, commission and bonus for an advisor's working day.",
        by_territory=False,
    ),
    _field(
        "target_achievement",
        parts=Parts(_of_territories("achieved_units"), _of_territories("units")),
        formula="Σ achieved_units ÷ Σ units over the targets of territories",
        unit="share",
        better="higher",
        description="Part of our territories' monthly targets that was reached.",
        by_territory=False,
    ),
    _field(
        "orientation",
        parts=Parts(ours("advisor", "farmer"), _DAYS),
        formula="mean of farmer over advisor-days",
        unit="0-1",
        better="neutral",
        description="Orientation of advisors: 0 hunter, 1 farmer.",
    ),
    _field(
        "cost_per_call",
        parts=Parts(booked("manufacturer", *CALL_COSTS), _CALLS, in_cents=True),
        formula="Σ (advisor_cost + travel) of our company ÷ 100 ÷ Σ calls",
        unit="currency/call",
        better="lower",
        description="Pay and travel of advisors for one call; hiring and training are not in it.",
        by_territory=False,
    ),
)

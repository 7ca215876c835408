"""Budgets and verdicts in words: the numbers are right, and what was not seen says so."""

from __future__ import annotations

import pytest

from sim.questions.compare import Comparison
from sim.report.questions.compare import summary_lines
from sim.report.questions.compare.findings import budget_table, find_out
from sim.report.questions.compare.words import recommend, verdict_words
from sim.report.words import amount
from tests.unit.report.comparison.made import made


def first_line(comparison: Comparison) -> str:
    return summary_lines(comparison)[0]


def test_equal_spending_says_so() -> None:
    line = first_line(made({"a": {"spending": 15.0}}, planned={"baseline": 100.0, "a": 100.5}))
    assert line.startswith("Equal budgets: all spend within 1 % of baseline (2,0")


def test_spending_that_differs_names_who_and_how_much() -> None:
    line = first_line(made({"a": {"spending": 240.0}, "b": {}}, noise=0.0))
    assert line == "Unequal budgets: a spends 12 % more than baseline (2,241 against 2,001 CNY)."


def test_plans_that_differ_count_even_when_spending_is_equal() -> None:
    comparison = made({"a": {}}, planned={"baseline": 100.0, "a": 88.0})
    table = budget_table(comparison).set_index("strategy")
    assert table.loc["a", "planned_per_month"] == pytest.approx(88.0)
    assert table.loc["a", "planned_relative"] == pytest.approx(-0.12)
    expected = "Unequal budgets: a plans to spend 12 % less than baseline (88 against 100 CNY a month)."
    assert first_line(comparison) == expected


def test_a_plan_and_spending_that_differ_stand_in_one_clause() -> None:
    line = first_line(made({"a": {"spending": 240.0}}, noise=0.0, planned={"baseline": 100.0, "a": 112.0}))
    assert "a spends 12 % more than baseline (2,241 against 2,001 CNY; planned 112 against 100 CNY a month)." in line


def test_a_baseline_without_a_plan_is_compared_by_what_it_spent() -> None:
    assert first_line(made({"a": {}}, planned={"a": 112.0})).startswith("Equal budgets")


def test_every_strategy_and_kpi_has_a_line_with_difference_interval_and_replications() -> None:
    lines = summary_lines(made({"a": {"profit_manufacturer": 200.0}, "b": {"market_share_units": -0.02}}))
    assert len(lines) == 2 + 4 + 1
    expected = "  Profit manufacturer, a: +200 CNY (+20.0 %), 95 % interval +193 … +207 CNY, n = 10: better"
    assert lines[2] == expected
    assert lines[5].startswith(
        "  Market share units, b: −2.0 points (−10.0 %), 95 % interval −2.1 … −1.9 points, n = 10"
    )
    assert lines[5].endswith(": worse")
    assert lines[-1].startswith("Recommendation: Choose a. a: +200 CNY")


def test_no_difference_seen_says_what_would_have_been_seen() -> None:
    findings = find_out(made({"a": {"profit_manufacturer": 2.0}}, noise=0.05))
    row = findings.row("profit_manufacturer", "a")
    words = verdict_words(row, "CNY")
    assert words == f"no difference seen; a difference of {row['detectable']:.1f} CNY would have been seen"
    assert 40.0 < row["detectable"] < 80.0
    found = recommend(findings)
    assert (found.strategy, found.headline) == (None, "No difference seen on profit manufacturer")
    assert words in found.reason


def test_identical_strategies_differ_by_exactly_nothing() -> None:
    lines = summary_lines(made({"a": {}, "b": {}}, replications=2))
    assert all("no difference at all: equal in every replication" in line for line in lines[2:6])
    assert "Recommendation: No difference seen" in lines[-1]


def test_the_best_of_those_that_are_better_is_chosen_and_its_equals_are_named() -> None:
    gains = {name: {"profit_manufacturer": gain} for name, gain in {"low": 100.0, "high": 200.0, "twin": 200.0}.items()}
    found = recommend(find_out(made(gains)))
    assert found.strategy == "high"
    assert found.reason.endswith("twin: exactly as good.")


def test_a_kpi_of_which_less_is_better_chooses_the_lowest() -> None:
    gains = {"a": {"unvisited_customers": -5.0}, "b": {"unvisited_customers": -20.0}}
    assert recommend(find_out(made(gains, kpis=("unvisited_customers",)))).strategy == "b"


def test_when_all_are_worse_the_baseline_stays() -> None:
    found = recommend(find_out(made({"a": {"profit_manufacturer": -200.0}})))
    assert found.strategy == "baseline"
    assert found.headline == "Stay with baseline: every other strategy is worse"


def test_a_neutral_or_missing_kpi_recommends_nothing() -> None:
    neutral = recommend(find_out(made({"a": {"spending": 50.0}}, kpis=("spending",))))
    missing = recommend(find_out(made({"a": {"profit_manufacturer": float("nan")}})))
    assert neutral.strategy is None
    assert "cannot decide" in neutral.reason
    assert (missing.strategy, missing.headline) == (None, "No recommendation: no value to compare")


@pytest.mark.parametrize(
    ("value", "kpi", "signed", "text"),
    [
        (0.0123, "market_share_units", True, "+1.2 points"),
        (-0.00456, "market_share_units", True, "−0.46 points"),
        (0.0, "market_share_units", True, "0 points"),
        (0.234, "market_share_units", False, "23.4 %"),
        (-1234.0, "profit_manufacturer", True, "−1,234 CNY"),
        (float("nan"), "profit_manufacturer", True, "–"),
    ],
)
def test_amounts(value: float, kpi: str, signed: bool, text: str) -> None:
    assert amount(value, kpi, "CNY", signed=signed) == text

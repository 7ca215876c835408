"""A comparison as lines for the terminal."""

from __future__ import annotations

from sim.questions.compare import Comparison
from sim.report.comparison.findings import find_out
from sim.report.comparison.words import difference_words, recommend, span, verdict_words
from sim.report.names import kpi_words


def summary_lines(comparison: Comparison) -> list[str]:
    """Return lines: budgets first, then one for each KPI asked for and strategy, then the recommendation."""
    findings = find_out(comparison)
    currency = comparison.scenario.currency
    lines = [findings.budget_line, f"Against {comparison.baseline}, {comparison.replications} replications:"]
    for _, row in findings.differences.iterrows():
        within = span(row, currency)
        interval = f", 95 % interval {within}" if within else ""
        head = f"  {kpi_words(str(row['kpi']))}, {row['strategy']}: {difference_words(row, currency)}"
        lines.append(f"{head}{interval}, n = {int(row['n'])}: {verdict_words(row, currency)}")
    found = recommend(findings)
    return [*lines, f"Recommendation: {found.headline}. {found.reason}"]

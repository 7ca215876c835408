"""Differences, intervals, verdicts and the recommendation in plain words; the same words in every output."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from sim.metrics.catalogue import KPIS
from sim.questions.compare import Comparison
from sim.report.questions.compare.deeds import doubts
from sim.report.questions.compare.dose import dose_lines
from sim.report.questions.compare.findings import Findings, best_other, find_out
from sim.report.words import amount, change, kpi_words, percent, short, size_of, unit_of
from sim.statistics.paired import NO_DIFFERENCE, TOO_FEW


@dataclass(frozen=True)
class Recommendation:
    """What the deciding KPI says.

    Attributes
    ----------
    strategy : the strategy to take; None when no difference was seen or nothing can be said.
    headline : one line.
    reason : one sentence with the numbers behind it.
    """

    strategy: str | None
    headline: str
    reason: str


def span(row: pd.Series, currency: str) -> str:
    """Return the interval of a row of differences: "+1.0 k … +2.0 k CNY"; nothing where there is none."""
    low, high = float(row["low"]), float(row["high"])
    if math.isnan(low):
        return ""
    kpi = str(row["kpi"])
    unit = unit_of(kpi, currency, difference=True)
    first, last = (amount(v, kpi, currency, signed=True, bare=True) for v in (low, high))
    return f"{first} … {last}{' ' + unit if unit else ''}"


def difference_words(row: pd.Series, currency: str) -> str:
    """Return the difference of a row with its share of the baseline: "+1.5 k CNY (+3.2 %)"."""
    if math.isnan(float(row["difference"])):
        return "no value"
    text = amount(float(row["difference"]), str(row["kpi"]), currency, signed=True)
    share = change(float(row["relative_difference"]))
    return text if share in ("–", "0 %") else f"{text} ({share})"


def verdict_words(row: pd.Series, currency: str) -> str:
    """Return the verdict of a row, and after "no difference seen" what would have been seen."""
    verdict = str(row["verdict"])
    if int(row["n"]) == 0:
        return "no value to compare"
    if verdict == TOO_FEW or verdict != NO_DIFFERENCE:
        return verdict
    if bool(row["identical"]):
        return "no difference at all: equal in every replication"
    seen = detectable_words(row, currency)
    return f"{NO_DIFFERENCE}; a difference of {seen} would have been seen" if seen else NO_DIFFERENCE


def detectable_words(row: pd.Series, currency: str) -> str:
    """Return the difference that a study of this size would have seen; nothing where that is unknown."""
    detectable = float(row["detectable"])
    if not math.isfinite(detectable) or detectable <= 0.0:
        return ""
    return size_of(detectable, str(row["kpi"]), currency)


def recommend(findings: Findings) -> Recommendation:
    """Return the strategy that is better on the deciding KPI and has the best mean, or why there is none."""
    rows = findings.differences[findings.differences["kpi"] == findings.deciding]
    base, currency = findings.comparison.baseline, findings.currency
    row = findings.row(findings.deciding, best_other(findings))
    name = kpi_words(findings.deciding).lower()
    if KPIS[findings.deciding].better == "neutral":
        reason = f"No value of {name} is best, so it cannot decide; put a KPI with a better direction first."
        return Recommendation(None, "No recommendation", reason)
    found = f"{row['strategy']}: {difference_words(row, currency)} {name} against {base}, "
    found += f"95 % interval {span(row, currency) or 'unknown'}, {int(row['n'])} replications"
    if row["verdict"] == "better":
        reason = f"{found}.{_as_good(rows, row)}"
        return Recommendation(str(row["strategy"]), f"Choose {row['strategy']}", reason)
    if len(rows) and (rows["verdict"] == "worse").all():
        return Recommendation(base, f"Stay with {base}: every other strategy is worse", f"The least bad is {found}.")
    if int(row["n"]) < 2:
        return Recommendation(None, f"No recommendation: {verdict_words(row, currency)}", f"{name}, {row['strategy']}.")
    reason = f"The best of the others is {found}; {verdict_words(row, currency)}."
    return Recommendation(None, f"No difference seen on {name}", reason)


def _as_good(rows: pd.DataFrame, best: pd.Series) -> str:
    """Name the strategies that have the very same mean as the best."""
    same = rows[(rows["difference"] == best["difference"]) & (rows["strategy"] != best["strategy"])]["strategy"]
    return f" {', '.join(str(s) for s in same)}: exactly as good." if len(same) else ""


def shown(findings: Findings, recommendation: Recommendation) -> str:
    """Return the strategy that maps and cards are about: the recommended one, or the best of those that were tried."""
    chosen = recommendation.strategy
    return best_other(findings) if chosen is None or chosen == findings.comparison.baseline else chosen


def chance_words(chance: float) -> str:
    """Return a chance as a percentage; the draws behind it can't tell the last tenth from none or certain."""
    if chance > 0.999:
        return "over 99.9 %"
    return "under 0.1 %" if chance < 0.001 else percent(chance)


def label(name: str) -> str:
    """Return a strategy's name as it stands within a line of a picture."""
    return short(name, 24)


def against(findings: Findings, what: str) -> str:
    """Return the line under a heading: what is shown, against whom, how many replications."""
    n = findings.comparison.replications
    return f"{what}; against {label(findings.comparison.baseline)}; {n} replications, 95 % intervals"


def summary_lines(comparison: Comparison) -> list[str]:
    """Return lines for the terminal: budgets, each KPI asked for and strategy, the dose, the recommendation."""
    findings = find_out(comparison)
    currency = comparison.scenario.currency
    lines = [findings.budget_line, f"Against {comparison.baseline}, {comparison.replications} replications:"]
    for _, row in findings.differences.iterrows():
        within = span(row, currency)
        interval = f", 95 % interval {within}" if within else ""
        head = f"  {kpi_words(str(row['kpi']))}, {row['strategy']}: {difference_words(row, currency)}"
        lines.append(f"{head}{interval}, n = {int(row['n'])}: {verdict_words(row, currency)}")
    found = recommend(findings)
    doubted = [f"Look again: {doubt}." for name in findings.others for doubt in doubts(comparison, name)]
    return [*lines, *dose_lines(comparison), *doubted, f"Recommendation: {found.headline}. {found.reason}"]

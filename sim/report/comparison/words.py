"""Differences, intervals, verdicts and the recommendation in plain words; the same words in every output."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from sim.metrics.catalogue import KPIS
from sim.report.comparison.findings import Findings, best_other
from sim.report.names import kpi_unit, kpi_words
from sim.report.style import number
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


def unit_of(kpi: str, currency: str) -> str:
    """Return what stands behind an amount of a KPI; nothing for a share, which is shown as a percentage."""
    unit = kpi_unit(kpi, currency)
    return "" if unit in {"share", "0-1", "class", "ratio"} else unit


def amount(value: float, kpi: str, currency: str, *, signed: bool = False) -> str:
    """Return a value of a KPI with its unit, or with `signed` a difference: +1.2 points, −12.3 k CNY."""
    if math.isnan(value):
        return "–"
    plus = "+" if signed and value > 0 else ""
    if KPIS[kpi].unit == "share":
        digits = 0 if value == 0 else 2 if signed and abs(value) < 0.01 else 1
        text = f"{100 * value:.{digits}f}".replace("-", "−")
        text = text.removeprefix("−") if not float(text.replace("−", "-")) else plus + text
        return f"{text} points" if signed else f"{text} %"
    unit = unit_of(kpi, currency)
    return f"{plus}{number(value)}{' ' + unit if unit else ''}"


def span(row: pd.Series, currency: str) -> str:
    """Return the interval of a row of differences: "+1.0 k … +2.0 k CNY"; nothing where there is none."""
    low, high = float(row["low"]), float(row["high"])
    if math.isnan(low):
        return ""
    kpi = str(row["kpi"])
    unit = "points" if KPIS[kpi].unit == "share" else unit_of(kpi, currency)
    bare = [amount(v, kpi, currency, signed=True).removesuffix(f" {unit}" if unit else "") for v in (low, high)]
    return f"{bare[0]} … {bare[1]}{' ' + unit if unit else ''}"


def difference_words(row: pd.Series, currency: str) -> str:
    """Return the difference of a row with its share of the baseline: "+1.5 k CNY (+3.2 %)"."""
    if math.isnan(float(row["difference"])):
        return "no value"
    text = amount(float(row["difference"]), str(row["kpi"]), currency, signed=True)
    share = float(row["relative_difference"])
    percentage = "" if math.isnan(share) else f"{100 * share:+.1f} %".replace("-", "−")
    return text if percentage in ("", "+0.0 %", "−0.0 %") else f"{text} ({percentage})"


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
    return amount(detectable, str(row["kpi"]), currency, signed=True).removeprefix("+")


def recommend(findings: Findings) -> Recommendation:
    """Return the strategy that is better on the deciding KPI and has the best mean, or why there is none."""
    rows = findings.differences[findings.differences["kpi"] == findings.deciding]
    base, currency = findings.comparison.baseline, findings.comparison.scenario.currency
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

"""The tables of a comparison: as files with every digit, and as text for the page."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from sim.metrics.catalogue import KPIS
from sim.metrics.table import format_value
from sim.report.comparison.cash import day_words
from sim.report.comparison.findings import PROFIT, SHARE, Findings
from sim.report.comparison.pictures.chance import chance_words
from sim.report.comparison.words import difference_words, span, verdict_words
from sim.report.names import kpi_words
from sim.report.style import number, percent

Cells = list[str]


def csv_tables(findings: Findings) -> dict[str, pd.DataFrame]:
    """Return the tables by file name without ending; numbers as they are, money in currency, days from the start."""
    asked = findings.differences.assign(asked=True)
    besides = findings.side_effects.assign(asked=False)
    why = [table.assign(strategy=name) for name, table in findings.why.items()]
    columns = ["part", "mean", "low", "high", "n_replications", "strategy"]
    split = pd.concat(why, ignore_index=True) if why else pd.DataFrame(columns=columns)
    return {
        "differences": pd.concat([asked, besides], ignore_index=True),
        "chances": findings.chances,
        "tradeoff": findings.tradeoff,
        "regret": findings.regrets,
        "territories": findings.territories,
        "payback": findings.payback,
        "why": split[["strategy", *columns[:-1]]],
        "budgets": findings.budgets,
    }


def html_tables(findings: Findings) -> list[dict[str, Any]]:
    """Return title, column heads and cells of the tables that the page shows."""
    base, currency = findings.comparison.baseline, findings.comparison.scenario.currency
    heads = ["KPI and strategy", base, "Strategy", "Difference", "95 % interval", "n", "Verdict"]
    tables = [
        _table("Differences on the KPIs asked for", heads, _differences(findings.differences, currency)),
        _table("Budgets", ["Strategy", f"Planned a month [{currency}]", f"Spent [{currency}]", f"Against {base}"],
               _budgets(findings.budgets)),
        _table("Chance to be the best", ["Strategy", kpi_words(findings.deciding), "n", "Chance"], _chances(findings)),
        _table("Share and profit", ["Strategy", "Market share", f"Profit [{currency}]",
                                    f"Mean of the worst 5 % [{currency}]", "Efficient"], _tradeoff(findings)),
        _table("Pay-back", ["Measure and strategy", "Median", "From", "To", "Replications that pay back"],
               _payback(findings)),
        _table("Regret over the futures", ["Strategy", "Worst", "In the future", "Mean"], _regret(findings)),
        _table("Other KPIs", heads, _differences(findings.side_effects, currency)),
    ]  # fmt: skip
    return [table for table in tables if table["rows"]]


def _table(title: str, columns: list[str], rows: list[Cells]) -> dict[str, Any]:
    return {"title": title, "columns": columns, "rows": rows}


def _differences(table: pd.DataFrame, currency: str) -> list[Cells]:
    rows = []
    for _, row in table.iterrows():
        kpi = str(row["kpi"])
        values = [_value(float(row[c]), KPIS[kpi].unit) for c in ("baseline_mean", "mean")]
        words = [difference_words(row, currency), span(row, currency) or "–", str(int(row["n"]))]
        rows.append([f"{kpi_words(kpi)}: {row['strategy']}", *values, *words, verdict_words(row, currency)])
    return rows


def _budgets(table: pd.DataFrame) -> list[Cells]:
    return [
        [str(r["strategy"]), number(float(r["planned_per_month"])), number(float(r["spending"])),
         f"{100 * float(r['spending_relative']):+.1f} %".replace("-", "−")]
        for _, r in table.iterrows()
    ]  # fmt: skip


def _chances(findings: Findings) -> list[Cells]:
    unit = KPIS[findings.deciding].unit
    return [
        [str(r["strategy"]), _value(float(r["mean"]), unit), str(int(r["n"])),
         "–" if math.isnan(r["chance"]) else chance_words(float(r["chance"]))]
        for _, r in findings.chances.iterrows()
    ]  # fmt: skip


def _tradeoff(findings: Findings) -> list[Cells]:
    return [
        [str(r["strategy"]), percent(float(r[SHARE])), number(float(r[PROFIT])), number(float(r["worst_mean"])),
         "yes" if r["efficient"] else f"no: {r['dominated_by']} has more" if r["dominated_by"] else "no"]
        for _, r in findings.tradeoff.iterrows()
    ]  # fmt: skip


def _payback(findings: Findings) -> list[Cells]:
    return [
        [f"{str(r['measure']).capitalize()}: {r['strategy']}",
         *(day_words(findings.comparison, float(r[c])) for c in ("median", "low", "high")),
         percent(float(r["share_paid_back"]), 0)]
        for _, r in findings.payback.iterrows()
    ]  # fmt: skip


def _regret(findings: Findings) -> list[Cells]:
    unit = KPIS[findings.deciding].unit
    return [
        [str(r["strategy"]), _value(float(r["worst_regret"]), unit), str(r["future"] or "–"),
         _value(float(r["mean_regret"]), unit)]
        for _, r in findings.least_worst.iterrows()
    ]  # fmt: skip


def _value(value: float, unit: str) -> str:
    return "–" if math.isnan(value) else format_value(value, unit).replace("-", "−")

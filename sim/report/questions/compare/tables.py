"""The tables of a comparison: as files with every digit, and as text for the page."""

from __future__ import annotations

import math
from typing import Any, Final

import pandas as pd

from sim.metrics.catalogue import KPIS
from sim.metrics.table import format_value
from sim.report.questions.compare.deeds import deed_lines
from sim.report.questions.compare.dose import dose_rows, dose_table
from sim.report.questions.compare.findings import PROFIT, SHARE, Findings
from sim.report.questions.compare.money import day_words
from sim.report.questions.compare.words import chance_words, difference_words, span, verdict_words
from sim.report.words import change, kpi_words, number, percent

Cells = list[str]
MOST_DEEDS: Final = 60
"""Lines of each strategy on the page; decisions.csv has everything."""


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
        "decisions": findings.comparison.arms.decisions,
        "dose": dose_table(findings.comparison),
    }


def html_tables(findings: Findings) -> list[dict[str, Any]]:
    """Return title, column heads and cells of the tables that the page shows; those without a row are left out."""
    base, money, unit = findings.comparison.baseline, f" [{findings.currency}]", KPIS[findings.deciding].unit
    heads = ["KPI and strategy", base, "Strategy", "Difference", "95 % interval", "n", "Verdict"]
    tables = [
        _table("Differences on the KPIs asked for", heads, _differences(findings.differences, findings.currency)),
        _table(
            "Budgets",
            ["Strategy", f"Planned a month{money}", f"Spent{money}", f"Against {base}"],
            [
                [_name(r), number(r["planned_per_month"]), number(r["spending"]), change(r["spending_relative"])]
                for r in _rows(findings.budgets)
            ],
        ),
        _table(
            "Dose, a month on the mean, where it differs",
            ["Strategy", "Used", "A month", base, "Where"],
            dose_rows(findings.comparison),
        ),
        _table(
            "Chance to be the best",
            ["Strategy", kpi_words(findings.deciding), "n", "Chance"],
            [
                [_name(r), _value(r["mean"], unit), str(int(r["n"])), _chance(r["chance"])]
                for r in _rows(findings.chances)
            ],
        ),
        _table(
            "Share and profit",
            ["Strategy", "Market share", f"Profit{money}", f"Mean of the worst 5 %{money}", "Efficient"],
            [
                [_name(r), percent(r[SHARE]), number(r[PROFIT]), number(r["worst_mean"]), _efficient(r)]
                for r in _rows(findings.tradeoff)
            ],
        ),
        _table(
            "Pay-back",
            ["Measure and strategy", "Median", "From", "To", "Replications that pay back"],
            [
                [f"{str(r['measure']).capitalize()}: {_name(r)}", *_days(findings, r), percent(r["share_paid_back"], 0)]
                for r in _rows(findings.payback)
            ],
        ),
        _table(
            "Regret over the futures",
            ["Strategy", "Worst", "In the future", "Mean"],
            [
                [_name(r), _value(r["worst_regret"], unit), str(r["future"] or "–"), _value(r["mean_regret"], unit)]
                for r in _rows(findings.least_worst)
            ],
        ),
        _table("What each strategy did", ["Strategy", "Day", "What"], _deeds(findings)),
        _table("Other KPIs", heads, _differences(findings.side_effects, findings.currency)),
    ]
    return [table for table in tables if table["rows"]]


def _deeds(findings: Findings) -> list[Cells]:
    return [
        [name if number == 0 else "", line[:10].strip(), line[10:].strip()]
        for name in findings.others
        for number, line in enumerate(deed_lines(findings.comparison, name)[:MOST_DEEDS])
    ]


def _table(title: str, columns: list[str], rows: list[Cells]) -> dict[str, Any]:
    return {"title": title, "columns": columns, "rows": rows}


def _rows(table: pd.DataFrame) -> list[dict[Any, Any]]:
    return table.to_dict("records")


def _name(row: dict[Any, Any]) -> str:
    return str(row["strategy"])


def _differences(table: pd.DataFrame, currency: str) -> list[Cells]:
    rows = []
    for _, row in table.iterrows():
        kpi = str(row["kpi"])
        values = [_value(float(row[c]), KPIS[kpi].unit) for c in ("baseline_mean", "mean")]
        words = [difference_words(row, currency), span(row, currency) or "–", str(int(row["n"]))]
        rows.append([f"{kpi_words(kpi)}: {row['strategy']}", *values, *words, verdict_words(row, currency)])
    return rows


def _chance(chance: float) -> str:
    return "–" if math.isnan(chance) else chance_words(chance)


def _efficient(row: dict[Any, Any]) -> str:
    return "yes" if row["efficient"] else f"no: {row['dominated_by']} has more" if row["dominated_by"] else "no"


def _days(findings: Findings, row: dict[Any, Any]) -> list[str]:
    return [day_words(findings.comparison, float(row[c])) for c in ("median", "low", "high")]


def _value(value: float, unit: str) -> str:
    return "–" if math.isnan(value) else format_value(value, unit).replace("-", "−")

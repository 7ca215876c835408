"""A comparison as files: manifest, tables, every outcome, pictures, the report and the decision card."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sim.metrics.catalogue import KPIS
from sim.questions.compare import Comparison
from sim.report.assumptions import assumption_lists
from sim.report.files import manifest, write_csv, write_json, write_page, write_pictures
from sim.report.pages import CHARTS, fill_template, json_for_script, on_page, picture_address, rounded, seconds
from sim.report.questions.compare import gains, places, standing, timeline
from sim.report.questions.compare.card import Card, card_of
from sim.report.questions.compare.findings import Findings, find_out
from sim.report.questions.compare.money import MEASURES, date_of, gain_over_time
from sim.report.questions.compare.sheet import card_figure, pdf_bytes
from sim.report.questions.compare.tables import csv_tables, html_tables
from sim.report.questions.compare.words import difference_words, span, verdict_words
from sim.report.style import Heading, Picture, page, styled
from sim.report.words import BETTER, kpi_words, unit_of
from sim.runs.store.tables import write_parquet

STYLES = ("templates/report.css", "templates/comparison.css")
PICTURES: Final[dict[str, tuple[Heading, Callable[[Findings], Figure]]]] = {
    "differences": (standing.DIFFERENCES, standing.differences),
    "chance": (standing.CHANCE, standing.chance),
    "tradeoff": (standing.TRADEOFF, standing.tradeoff),
    "did": (timeline.DID, timeline.did),
    "when": (gains.WHEN, gains.when),
    "where": (places.WHERE, places.where),
    "why": (gains.WHY, gains.why),
    "regret": (standing.REGRET, standing.regret),
}
"""In the order of the page."""


def picture(findings: Findings, key: str) -> Picture:
    """Draw one picture of a comparison."""
    heading, draw = PICTURES[key]
    return Picture(key, heading.title, heading.caption, draw(findings))


def pictures(findings: Findings) -> Iterator[Picture]:
    """Draw the pictures that a comparison has: regret only with futures, why only when it was asked."""
    absent = {"regret"} if findings.regrets.empty else set()
    absent |= set() if findings.why else {"why"}
    return (picture(findings, key) for key in PICTURES if key not in absent)


def write_comparison(
    comparison: Comparison, why: Mapping[str, pd.DataFrame], folder: Path, *, timings: Mapping[str, float] | None = None
) -> None:
    """Write a comparison into a folder that the caller has made; the resolved scenario is the caller's to write.

    Files: manifest.json, a CSV file for each table, outcomes.parquet (every run), figures/*.png and *.svg, report.html,
    decision.html and decision.pdf.

    Parameters
    ----------
    why : strategy → table of `explain_gain` on the deciding KPI; empty when it was not asked.
    timings : seconds by stage, for the manifest and the report. Nothing else differs between two comparisons of the
        same scenario.
    """
    stages = {str(k).removesuffix("_seconds"): float(v) for k, v in (timings or {}).items()}
    findings = find_out(comparison, why)
    for name, table in csv_tables(findings).items():
        write_csv(table, folder / f"{name}.csv")
    write_parquet(comparison.arms.outcomes, folder / "outcomes.parquet")
    drawn = list(write_pictures(pictures(findings), folder))
    card = card_of(findings)
    (folder / "decision.pdf").write_bytes(pdf_bytes(card_figure(card, findings)))
    write_page(card_html(findings, card), folder / "decision.html")
    write_page(comparison_html(findings, card, drawn, stages), folder / "report.html")
    facts = {
        "scenario": comparison.scenario.name,
        "question": comparison.scenario.comparison.question,
        "seed": int(comparison.manifest["seed"]),
        "replications": comparison.replications,
        "luck": comparison.luck,
        "baseline": comparison.baseline,
        "strategies": list(comparison.strategies),
        "kpis": list(comparison.kpis),
        "futures": comparison.futures,
        "stopping_rule": None if comparison.rule is None else dataclasses.asdict(comparison.rule),
        "budget_line": findings.budget_line,
        "budgets": [_plain(row) for row in findings.budgets.to_dict("records")],
    }
    write_json(manifest(stages, **facts), folder / "manifest.json")


def write_decisions(comparison: Comparison, folder: Path) -> None:
    """Write only what the strategies did: decisions.csv and the picture."""
    write_csv(comparison.arms.decisions, folder / "decisions.csv")
    list(write_pictures([picture(find_out(comparison), "did")], folder))


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a row without NaN and infinity, which JSON does not know."""
    return {str(k): None if isinstance(v, float) and not np.isfinite(v) else v for k, v in row.items()}


def comparison_html(
    findings: Findings, card: Card, drawn: Iterable[Picture], timings: Mapping[str, float] | None = None
) -> str:
    """Return the report as one page that needs no network.

    Parameters
    ----------
    timings : seconds by stage.
    """
    comparison = findings.comparison
    context = {
        **_shared(card),
        **assumption_lists(comparison.scenario),
        "baseline": comparison.baseline,
        "pictures": on_page(drawn),
        "tables": html_tables(findings),
        "common": comparison.luck == "common",
        "timings": seconds(timings),
        "charts": json_for_script({"kpis": _kpi_charts(findings), "gain": _gain_chart(findings)}),
    }
    scripts = (CHARTS, "templates/comparison.js")
    return fill_template("comparison.html.j2", context, styles=STYLES, scripts=scripts)


def card_html(findings: Findings, card: Card) -> str:
    """Return the decision card as a page."""
    chart = picture_address(Picture("card", "", "", _card_chart(findings)).images)
    return fill_template("decision.html.j2", {**_shared(card), "chart": chart}, styles=STYLES)


def _shared(card: Card) -> dict[str, Any]:
    return {"card": card, "unequal": card.budget.startswith("Unequal")}


@styled
def _card_chart(findings: Findings) -> Figure:
    title = f"{kpi_words(findings.deciding)} against {findings.comparison.baseline}"
    what = f"Paired differences with 95 % intervals; {BETTER[KPIS[findings.deciding].better]}"
    figure = page(title, what, width=7.6, height=1.35 + 0.5 * len(findings.others))
    standing.difference_panel(figure.add_subplot(), findings, findings.deciding, title=" ")
    return figure


def _kpi_charts(findings: Findings) -> list[dict[str, Any]]:
    charts = []
    for kpi in findings.comparison.kpis:
        rows = findings.differences[findings.differences["kpi"] == kpi].dropna(subset=["difference"])
        unit = unit_of(kpi, findings.currency, difference=True)
        if len(rows):
            lines = [_chart_line(findings, row) for _, row in rows.iterrows()]
            charts.append({"name": kpi_words(kpi), "unit": unit, "rows": lines})
    return charts


def _chart_line(findings: Findings, row: pd.Series) -> dict[str, Any]:
    name, factor = str(row["strategy"]), 100.0 if KPIS[str(row["kpi"])].unit == "share" else 1.0
    value, low, high = (float(row[c]) * factor if np.isfinite(row[c]) else None for c in ("difference", "low", "high"))
    words = {"difference": difference_words, "interval": span, "verdict": verdict_words}
    return {
        "strategy": name,
        "colour": findings.colours[name],
        "n": int(row["n"]),
        "value": value,
        "low": low,
        "high": high,
        **{key: say(row, findings.currency) for key, say in words.items()},
    }


def _gain_chart(findings: Findings) -> dict[str, Any]:
    measures, days = [], np.zeros(0)
    for measure in MEASURES:
        bands = gain_over_time(findings.comparison, measure)
        lines = [
            {"name": name, "colour": findings.colours[name]}
            | {part: rounded(getattr(b, part), 2) for part in ("mean", "low", "high")}
            for name, b in bands.items()
        ]
        if bands:
            days = next(iter(bands.values())).x
            measures.append({"name": measure.capitalize(), "strategies": lines})
    dates = [date_of(findings.comparison, float(d)).isoformat() for d in days]
    return {"measures": measures, "dates": dates, "currency": findings.currency}

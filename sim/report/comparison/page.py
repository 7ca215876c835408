"""The pages of a comparison: the report, pictures first, and the decision card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sim._version import __version__
from sim.metrics.catalogue import KPIS
from sim.report.assumptions import assumptions, switched_off
from sim.report.comparison.card import Card
from sim.report.comparison.cash import MEASURES, date_of, gain_over_time
from sim.report.comparison.findings import Findings
from sim.report.comparison.listing import html_tables
from sim.report.comparison.pictures import ComparisonPicture, differences
from sim.report.comparison.pictures.look import strategy_colours
from sim.report.comparison.words import difference_words, span, unit_of, verdict_words
from sim.report.names import kpi_words
from sim.report.offline import fill_template, json_for_script, picture_address
from sim.report.style import page, render, styled

STYLES = ("templates/report.css", "templates/comparison.css")
SCRIPTS = ("vendor/echarts.min.js", "templates/comparison.js")
Drawn = Sequence[tuple[ComparisonPicture, Mapping[str, bytes]]]


def comparison_html(findings: Findings, card: Card, drawn: Drawn, timings: Mapping[str, float]) -> str:
    """Return the report as one page that needs no network.

    Parameters
    ----------
    drawn : each picture with its bytes by kind.
    timings : seconds by stage.
    """
    comparison = findings.comparison
    fields = assumptions(comparison.scenario)
    context = {
        **_shared(card),
        "baseline": comparison.baseline,
        "pictures": [
            {"key": p.key, "title": p.title, "caption": p.caption, "address": picture_address(images)}
            for p, images in drawn
        ],
        "tables": html_tables(findings),
        "assumed": [a for a in fields if not a.is_overridden],
        "overridden": [a for a in fields if a.is_overridden],
        "off": switched_off(comparison.scenario),
        "common": comparison.luck == "common",
        "timings": [(str(k).replace("_seconds", ""), f"{float(v):.2f} s") for k, v in timings.items()],
        "charts": json_for_script({"kpis": _kpi_charts(findings), "gain": _gain_chart(findings)}),
    }
    return fill_template("comparison.html.j2", context, styles=STYLES, scripts=SCRIPTS)


def card_html(findings: Findings, card: Card) -> str:
    """Return the decision card as a page."""
    figure = _card_chart(findings)
    chart = picture_address({kind: render(figure, kind) for kind in ("png", "svg")})
    return fill_template("decision.html.j2", {**_shared(card), "chart": chart}, styles=STYLES)


def _shared(card: Card) -> dict[str, Any]:
    return {"card": card, "version": __version__, "unequal": card.budget.startswith("Unequal")}


@styled
def _card_chart(findings: Findings) -> Figure:
    name, base = kpi_words(findings.deciding), findings.comparison.baseline
    better = {"higher": "more is better", "lower": "less is better", "neutral": "neither way is better"}
    what = f"Paired differences with 95 % intervals; {better[KPIS[findings.deciding].better]}"
    figure = page(f"{name} against {base}", what, width=7.6, height=1.35 + 0.5 * len(findings.others))
    differences.panel(figure.add_subplot(), findings, findings.deciding, title=" ")
    return figure


def _kpi_charts(findings: Findings) -> list[dict[str, Any]]:
    currency, colours = findings.comparison.scenario.currency, strategy_colours(findings)
    charts = []
    for kpi in findings.comparison.kpis:
        rows = findings.differences[findings.differences["kpi"] == kpi].dropna(subset=["difference"])
        if rows.empty:
            continue
        is_share = KPIS[kpi].unit == "share"
        factor = 100.0 if is_share else 1.0
        lines = [
            {
                "strategy": str(row["strategy"]), "colour": colours[str(row["strategy"])], "n": int(row["n"]),
                "value": _finite(row["difference"], factor), "low": _finite(row["low"], factor),
                "high": _finite(row["high"], factor), "difference": difference_words(row, currency),
                "interval": span(row, currency), "verdict": verdict_words(row, currency),
            }
            for _, row in rows.iterrows()
        ]  # fmt: skip
        charts.append({"name": kpi_words(kpi), "unit": "points" if is_share else unit_of(kpi, currency), "rows": lines})
    return charts


def _finite(value: float, factor: float) -> float | None:
    return float(value) * factor if np.isfinite(value) else None


def _gain_chart(findings: Findings) -> dict[str, Any]:
    comparison, colours = findings.comparison, strategy_colours(findings)
    measures, days = [], np.zeros(0)
    for measure in MEASURES:
        bands = gain_over_time(comparison, measure)
        strategies = [
            {"name": name, "colour": colours[name], "mean": _rounded(b.mean), "low": _rounded(b.low),
             "high": _rounded(b.high)}
            for name, b in bands.items()
        ]  # fmt: skip
        if bands:
            days = next(iter(bands.values())).x
            measures.append({"name": measure.capitalize(), "strategies": strategies})
    dates = [date_of(comparison, float(d)).isoformat() for d in days]
    return {"measures": measures, "dates": dates, "currency": comparison.scenario.currency}


def _rounded(values: pd.Series | np.ndarray) -> list[float | None]:
    return [round(float(v), 2) if np.isfinite(v) else None for v in values]

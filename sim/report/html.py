"""The report of a run as one page that opens anywhere, without a network."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sim._version import __version__
from sim.metrics.catalogue import GROUPS, KPIS
from sim.metrics.table import format_value, kpi_by, kpi_table
from sim.report.assumptions import assumptions, switched_off
from sim.report.charts import MOST_OUTLETS, map_chart, share_chart
from sim.report.figures import FIGURES
from sim.report.frames import Result, interval_note, n_replications, ours, replications, span_text, table
from sim.report.names import company_names, kpi_words, territory_names
from sim.report.offline import fill_template, json_for_script, picture_address
from sim.report.style import render

HEADLINES = (
    ("market_share_units", "Our market share"),
    ("profit_manufacturer", "Our profit"),
    ("on_shelf_availability", "On-shelf availability"),
    ("coverage", "Coverage"),
    ("weighted_distribution_company", "Weighted distribution"),
    ("customer_ownership", "Outlets where we are No. 1"),
)
MOST_HEADLINES = 4
BY_TERRITORY = (
    "market_share_units",
    "sell_out_units",
    "weighted_distribution",
    "customer_ownership",
    "on_shelf_availability",
    "unvisited_customers",
)
MOST_TERRITORY_ROWS = 100


def report_html(
    result: Result,
    *,
    pictures: Mapping[str, Mapping[str, bytes]] | None = None,
    kpis: pd.DataFrame | None = None,
    timings: Mapping[str, float] | None = None,
) -> str:
    """Return the page.

    Parameters
    ----------
    pictures : picture key → {"png": …, "svg": …}, when they are drawn already.
    kpis : `kpi_table(result)`, when it is computed already.
    timings : seconds by stage of the run.
    """
    pictures = pictures if pictures is not None else draw_pictures(result)
    kpis = kpis if kpis is not None else kpi_table(result)
    context: dict[str, Any] = {
        **_head(result),
        "pictures": [_picture(p.key, p.title, p.caption, pictures[p.key]) for p in FIGURES],
        "headlines": _headlines(kpis),
        "groups": _groups(kpis),
        "without_value": [kpi_words(str(r)) for r in kpis.loc[kpis["mean"].isna(), "kpi"]],
        "formulas": [(kpi_words(k.name), k.formula, k.unit) for k in KPIS.values()],
        "territories": _by_territory(result),
        "census": census_notes(result),
        "assumed": [a for a in assumptions(result.scenario) if not a.is_overridden],
        "overridden": [a for a in assumptions(result.scenario) if a.is_overridden],
        "off": switched_off(result.scenario),
        "timings": [(str(k), f"{float(v):.2f} s") for k, v in (timings or {}).items()],
        "charts": json_for_script({"share": share_chart(result), "map": map_chart(result)}),
        "most_outlets": f"{MOST_OUTLETS:,}",
    }
    return fill_template(
        "report.html.j2", context, styles=["templates/report.css"],
        scripts=["vendor/echarts.min.js", "templates/report.js"],
    )  # fmt: skip


def draw_pictures(result: Result) -> dict[str, dict[str, bytes]]:
    """Return every picture of the catalogue as PNG and SVG bytes."""
    found = {}
    for picture in FIGURES:
        figure = picture.draw(result)
        found[picture.key] = {kind: render(figure, kind) for kind in ("png", "svg")}
    return found


def census_notes(result: Result) -> list[str]:
    """Return sentences on where the outlets come from and what was filled or dropped on the way."""
    outlets = result.scenario.outlets
    listed = table(result, "outlets", ["outlet"])
    n = int((listed["replication"] == replications(result)[0]).sum())
    count = f"{n:,} outlets in the first replication, later openings included"
    if outlets.census is None:
        source = "generated" if outlets.generate is not None else "given in the scenario"
        return [f"{count}; {source}; no census file was used, so nothing was filled or dropped."]
    notes = [f"{count}; census file {Path(outlets.census.path).name}."]
    return notes + _sentences(result.manifest.get("census_notes"))


def _sentences(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [f"{str(k).replace('_', ' ')}: {v}" for k, v in value.items()]
    if isinstance(value, list | tuple):
        return [str(v) for v in value]
    return [str(value)] if value else ["Nothing was filled or dropped."]


def _head(result: Result) -> dict[str, Any]:
    scenario = result.scenario
    n = n_replications(result)
    return {
        "title": scenario.name,
        "question": scenario.description,
        "company": company_names(result)[ours(result)],
        "span": span_text(result),
        "days": scenario.calendar.duration_days,
        "burn_in": scenario.calendar.burn_in_days,
        "n": n,
        "interval_note": interval_note(n),
        "seed": result.seed,
        "version": __version__,
    }


def _picture(key: str, title: str, caption: str, images: Mapping[str, bytes]) -> dict[str, str]:
    return {"key": key, "title": title, "caption": caption, "address": picture_address(images)}


def _headlines(kpis: pd.DataFrame) -> list[dict[str, str]]:
    rows = {str(r["kpi"]): r for _, r in kpis[kpis["mean"].notna()].iterrows()}
    found = [
        {"label": label, **_cells(rows[name]), "text": KPIS[name].description}
        for name, label in HEADLINES
        if name in rows
    ]
    return found[:MOST_HEADLINES]


def _cells(row: pd.Series) -> dict[str, str]:
    unit = str(row["unit"])
    shown = "" if unit in {"share", "0-1", "class", "ratio"} else unit
    low, high = (float(row[c]) for c in ("low", "high"))
    interval = "" if math.isnan(low) else f"{format_value(low, unit)} … {format_value(high, unit)}"
    return {"value": format_value(float(row["mean"]), unit), "interval": interval, "unit": shown}


def _groups(kpis: pd.DataFrame) -> list[dict[str, Any]]:
    present = kpis[kpis["mean"].notna()]
    groups = []
    for group in GROUPS:
        rows = present[present["group"] == group]
        lines = [
            {
                "name": kpi_words(str(r["kpi"])),
                "text": KPIS[str(r["kpi"])].description,
                "n": int(r["n_replications"]),
                **_cells(r),
            }
            for _, r in rows.iterrows()
        ]
        if lines:
            groups.append({"name": group.capitalize(), "rows": lines})
    return groups


def _by_territory(result: Result) -> dict[str, Any]:
    names = territory_names(result)
    if len(names) < 2:
        return {}
    values = kpi_by(result, list(BY_TERRITORY), "territory")
    values = values[values["mean"].notna()]
    columns = [k for k in BY_TERRITORY if k in set(values["kpi"])]
    cells = {(str(r["territory"]), str(r["kpi"])): _cells(r) for _, r in values.iterrows()}
    rows = [(name, [cells.get((t, k), {"value": "-", "interval": ""}) for k in columns]) for t, name in names.items()]
    return {
        "columns": [kpi_words(k) for k in columns],
        "rows": rows[:MOST_TERRITORY_ROWS],
        "left_out": max(len(rows) - MOST_TERRITORY_ROWS, 0),
    }

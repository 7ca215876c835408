"""The report of a run as one page that opens anywhere, with the charts that a reader can handle in the browser."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.ledger.result import RunResult
from sim.metrics.catalogue import GROUPS, KPIS
from sim.metrics.table import format_value, kpi_by, kpi_table
from sim.metrics.weeks import Band, brand_shares
from sim.report.assumptions import assumption_lists
from sim.report.figures import pictures as draw_pictures
from sim.report.figures.business_map import NO_LEADER, depots_of, open_outlets
from sim.report.maps import territories
from sim.report.pages import CHARTS, fill_template, json_for_script, on_page, rounded, seconds
from sim.report.result import (
    brands_of,
    company_names,
    dates,
    interval_note,
    measured,
    n_replications,
    named,
    ours,
    replications,
    span_text,
    table,
    territory_names,
)
from sim.report.style import Picture
from sim.report.words import WITHOUT_UNIT, kpi_words

HEADLINES = {
    "market_share_units": "Our market share",
    "profit_manufacturer": "Our profit",
    "on_shelf_availability": "On-shelf availability",
    "coverage": "Coverage",
    "weighted_distribution_company": "Weighted distribution",
    "customer_ownership": "Outlets where we are No. 1",
}
MOST_HEADLINES = 4
BY_TERRITORY = [
    "market_share_units",
    "sell_out_units",
    "weighted_distribution",
    "customer_ownership",
    "on_shelf_availability",
    "unvisited_customers",
]
MOST_TERRITORY_ROWS = 100
MOST_OUTLETS = 20_000
MOST_TERRITORIES = 120
NO_CENSUS = "no census file was used, so nothing was filled or dropped."


def report_html(
    result: RunResult,
    *,
    pictures: Iterable[Picture] | None = None,
    kpis: pd.DataFrame | None = None,
    timings: Mapping[str, float] | None = None,
) -> str:
    """Return the page.

    Parameters
    ----------
    pictures : when they are drawn already.
    kpis : `kpi_table(result)`, when it is computed already.
    timings : seconds by stage of the run.
    """
    kpis = kpis if kpis is not None else kpi_table(result)
    context: dict[str, Any] = {
        **_head(result),
        **assumption_lists(result.scenario),
        "pictures": on_page(draw_pictures(result) if pictures is None else pictures),
        "headlines": _headlines(kpis),
        "groups": _groups(kpis),
        "without_value": [kpi_words(str(r)) for r in kpis.loc[kpis["mean"].isna(), "kpi"]],
        "formulas": [(kpi_words(k.name), k.formula, k.unit) for k in KPIS.values()],
        "territories": _by_territory(result),
        "census": census_notes(result),
        "timings": seconds(timings),
        "charts": json_for_script({"share": share_chart(result), "map": map_chart(result)}),
        "most_outlets": f"{MOST_OUTLETS:,}",
    }
    scripts = [CHARTS, "templates/report.js"]
    return fill_template("report.html.j2", context, styles=["templates/report.css"], scripts=scripts)


def census_notes(result: RunResult) -> list[str]:
    """Return sentences on where the outlets come from and what was filled or dropped on the way."""
    outlets = result.scenario.outlets
    listed = table(result, "outlets", ["outlet"])
    n = int((listed["replication"] == replications(result)[0]).sum())
    count = f"{n:,} outlets in the first replication, later openings included"
    if outlets.census is None:
        return [f"{count}; {'generated' if outlets.generate is not None else 'given in the scenario'}; {NO_CENSUS}"]
    return [f"{count}; census file {Path(outlets.census.path).name}.", *_sentences(result.manifest.get("census_notes"))]


def _sentences(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [f"{str(k).replace('_', ' ')}: {v}" for k, v in value.items()]
    if isinstance(value, list | tuple):
        return [str(v) for v in value]
    return [str(value)] if value else ["Nothing was filled or dropped."]


def _head(result: RunResult) -> dict[str, Any]:
    scenario, n = result.scenario, n_replications(result)
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
    }


def _headlines(kpis: pd.DataFrame) -> list[dict[str, str]]:
    rows = {str(r["kpi"]): r for _, r in kpis[kpis["mean"].notna()].iterrows()}
    known = [name for name in HEADLINES if name in rows][:MOST_HEADLINES]
    return [{"label": HEADLINES[name], **_cells(rows[name]), "text": KPIS[name].description} for name in known]


def _cells(row: pd.Series) -> dict[str, str]:
    unit = str(row["unit"])
    low, high = (float(row[c]) for c in ("low", "high"))
    interval = "" if math.isnan(low) else f"{format_value(low, unit)} … {format_value(high, unit)}"
    shown = "" if unit in WITHOUT_UNIT else unit
    return {"value": format_value(float(row["mean"]), unit), "interval": interval, "unit": shown}


def _groups(kpis: pd.DataFrame) -> list[dict[str, Any]]:
    present = kpis[kpis["mean"].notna()]
    found = {group: [_line(r) for _, r in present[present["group"] == group].iterrows()] for group in GROUPS}
    return [{"name": group.capitalize(), "rows": lines} for group, lines in found.items() if lines]


def _line(row: pd.Series) -> dict[str, Any]:
    kpi = str(row["kpi"])
    return {"name": kpi_words(kpi), "text": KPIS[kpi].description, "n": int(row["n_replications"]), **_cells(row)}


def _by_territory(result: RunResult) -> dict[str, Any]:
    names = territory_names(result)
    if len(names) < 2:
        return {}
    values = kpi_by(result, BY_TERRITORY, "territory").dropna(subset=["mean"])
    columns = [k for k in BY_TERRITORY if k in set(values["kpi"])]
    cells = {(str(r["territory"]), str(r["kpi"])): _cells(r) for _, r in values.iterrows()}
    rows = [(name, [cells.get((t, k), {"value": "-", "interval": ""}) for k in columns]) for t, name in names.items()]
    left_out = max(len(rows) - MOST_TERRITORY_ROWS, 0)
    return {"columns": [kpi_words(k) for k in columns], "rows": rows[:MOST_TERRITORY_ROWS], "left_out": left_out}


def share_chart(result: RunResult) -> dict[str, Any] | None:
    """Return dates, brands and shares by territory; None when nothing was sold."""
    sold = measured(result, "market", ["territory", "brand", "company", "sell_out_units"])
    if not len(sold) or not sold["sell_out_units"].sum():
        return None
    names, brands = territory_names(result), brands_of(result)
    whole = brand_shares(result, sold, list(brands.labels))
    size = sold.groupby("territory", observed=True)["sell_out_units"].sum().sort_values(ascending=False, kind="stable")
    cuts = [{"name": "The whole market", "shares": _shares(whole)}]
    for territory in size.index[:MOST_TERRITORIES] if len(size) > 1 else ():
        part = brand_shares(result, sold[sold["territory"] == territory], list(brands.labels))
        cuts.append({"name": names.get(str(territory), str(territory)), "shares": _shares(part)})
    first = next(iter(whole.values()))
    return {
        "dates": [d.isoformat() for d in dates(result.scenario.calendar.start_date, first.x)],
        "brands": [{"name": brands.labels[b], "colour": brands.colours[b], "ours": b in brands.ours} for b in whole],
        "cuts": cuts,
        "n": first.n,
        "left_out": max(len(size) - MOST_TERRITORIES, 0),
    }


def _shares(bands: Mapping[str, Band]) -> list[dict[str, list[float | None]]]:
    return [{c: rounded(getattr(b, c), 5) for c in ("mean", "low", "high")} for b in bands.values()]


def map_chart(result: RunResult) -> dict[str, Any] | None:
    """Return outlets, depots and territories of the first replication; None when no outlet is open."""
    spots = open_outlets(result)
    if not len(spots):
        return None
    brands, names, depots = brands_of(result), territory_names(result), depots_of(result)
    own = named(depots["id"], depots["name"])
    places = zip(own.values(), rounded(depots["x_km"], 3), rounded(depots["y_km"], 3), strict=True)
    shown, labels = sample(spots, MOST_OUTLETS), brands.labels | {"": "nobody leads"}
    return {
        "brands": [{"name": label, "colour": brands.colours.get(b, NO_LEADER)} for b, label in labels.items()],
        "channels": sorted({str(c) for c in shown.get("channel", [""])}),
        "territories": _territories(result, names),
        "depots": [{"name": name, "x": x, "y": y} for name, x, y in places],
        "outlets": _outlets(shown, list(labels), list(names)),
        "n_open": len(spots),
    }


def _outlets(shown: pd.DataFrame, brands: list[str], places: list[str]) -> dict[str, list[Any]]:
    """Return a list for each thing that is known of the outlets; channels, brands and territories as numbers."""
    channel = shown.get("channel", pd.Series([""] * len(shown))).astype(str)
    channels = sorted(set(channel))
    leader = [str(b) if str(b) in brands else "" for b in shown["leading_brand"]]
    return {
        "x": rounded(shown["x_km"], 3),
        "y": rounded(shown["y_km"], 3),
        "size": rounded(shown["size"], 2),
        "name": list(named(shown["outlet"], shown.get("name", shown["outlet"])).values()),
        "channel": [channels.index(c) for c in channel],
        "brand": [brands.index(b) for b in leader],
        "territory": [places.index(str(t)) if str(t) in places else -1 for t in shown["territory"]],
        "known": [int(bool(k)) for k in shown["known"]],
    }


def sample(spots: pd.DataFrame, most: int) -> pd.DataFrame:
    """Return at most `most` outlets, evenly from the largest to the smallest, so that no kind is left out."""
    if len(spots) <= most:
        return spots
    return spots.iloc[np.linspace(0, len(spots) - 1, most).astype(int)]


def _territories(result: RunResult, names: dict[str, str]) -> list[dict[str, Any]]:
    known = territories(result.tables)
    found: list[dict[str, Any]] = []
    for territory, name in names.items():
        if territory not in known:
            found.append({"name": name, "x": None})
            continue
        place = known[territory]
        x, y, radius = rounded(place[2:5], 3)
        found.append({"name": name, "x": x, "y": y, "radius": radius, "border": place.border.round(3).tolist()})
    return found

"""Data of the charts that a reader can handle in the browser: shares by territory, and the map of outlets."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sim.report.figures.business_map import NO_LEADER, open_outlets
from sim.report.figures.share import share_bands
from sim.report.frames import Band, Result, dates, measured, ours, table
from sim.report.names import brand_labels, colours, look, territory_names

MOST_OUTLETS = 20_000
MOST_TERRITORIES = 120


def share_chart(result: Result) -> dict[str, Any] | None:
    """Return dates, brands and shares by territory; None when nothing was sold."""
    sold = measured(result, "market", ["territory", "brand", "company", "sell_out_units"])
    if not len(sold) or not sold["sell_out_units"].sum():
        return None
    names = territory_names(result)
    seen = look(result)
    whole = share_bands(result, sold, seen.order)
    size = sold.groupby("territory", observed=True)["sell_out_units"].sum().sort_values(ascending=False, kind="stable")
    cuts = [{"name": "The whole market", "shares": _shares(whole)}]
    if len(size) > 1:
        for territory in size.index[:MOST_TERRITORIES]:
            part = share_bands(result, sold[sold["territory"] == territory], seen.order)
            cuts.append({"name": names.get(str(territory), str(territory)), "shares": _shares(part)})
    first = next(iter(whole.values()))
    return {
        "dates": [d.isoformat() for d in dates(result, first.x)],
        "brands": [{"name": seen.labels[b], "colour": seen.colours[b], "ours": b in seen.ours} for b in whole],
        "cuts": cuts,
        "n": first.n,
        "left_out": max(len(size) - MOST_TERRITORIES, 0),
    }


def _shares(bands: dict[str, Band]) -> list[dict[str, list[float | None]]]:
    return [{"mean": _rounded(b.mean), "low": _rounded(b.low), "high": _rounded(b.high)} for b in bands.values()]


def _rounded(values: Any, digits: int = 5) -> list[float | None]:
    return [round(float(v), digits) if np.isfinite(v) else None for v in values]


def map_chart(result: Result) -> dict[str, Any] | None:
    """Return outlets, depots and territories of the first replication; None when no outlet is open."""
    spots = open_outlets(result)
    if not len(spots):
        return None
    shown = sample(spots, MOST_OUTLETS)
    labels, colour = brand_labels(result), colours(result)
    brands = [*labels, ""]
    leader = [b if isinstance(b, str) and b in labels else "" for b in shown["leading_brand"]]
    channels = sorted({str(c) for c in shown["channel"]}) if "channel" in shown else [""]
    names = territory_names(result)
    territories = list(names)
    text = shown["name"] if "name" in shown else shown["outlet"]
    return {
        "brands": [{"name": labels.get(b, "nobody leads"), "colour": colour.get(b, NO_LEADER)} for b in brands],
        "channels": channels,
        "territories": _territories(result, names),
        "depots": _depots(result),
        "outlets": {
            "x": _rounded(shown["x_km"], 3),
            "y": _rounded(shown["y_km"], 3),
            "size": _rounded(shown["size"], 2),
            "name": [
                str(n) if isinstance(n, str) and n else str(o) for n, o in zip(text, shown["outlet"], strict=True)
            ],
            "channel": [channels.index(str(c)) for c in shown.get("channel", pd.Series([""] * len(shown)))],
            "brand": [brands.index(b) for b in leader],
            "territory": [territories.index(str(t)) if str(t) in names else -1 for t in shown["territory"]],
            "known": [int(bool(k)) for k in shown["known"]],
        },
        "n_open": len(spots),
    }


def sample(spots: pd.DataFrame, most: int) -> pd.DataFrame:
    """Return at most `most` outlets, evenly from the largest to the smallest, so that no kind is left out."""
    if len(spots) <= most:
        return spots
    return spots.iloc[np.linspace(0, len(spots) - 1, most).astype(int)]


def _territories(result: Result, names: dict[str, str]) -> list[dict[str, Any]]:
    places = table(result, "geography", ["kind", "id", "x_km", "y_km", "radius_km"])
    places = places[places["kind"] == "territory"].set_index("id")
    borders = table(result, "territory_border", ["territory", "x_km", "y_km"])
    found: list[dict[str, Any]] = []
    for territory, name in names.items():
        if territory not in places.index:
            found.append({"name": name, "x": None})
            continue
        row = places.loc[territory]
        border = borders[borders["territory"] == territory][["x_km", "y_km"]].to_numpy(dtype=float)
        x, y, radius = _rounded(row[["x_km", "y_km", "radius_km"]].to_numpy(dtype=float), 3)
        found.append({"name": name, "x": x, "y": y, "radius": radius, "border": border.round(3).tolist()})
    return found


def _depots(result: Result) -> list[dict[str, Any]]:
    places = table(result, "geography", ["kind", "id", "name", "company", "x_km", "y_km"])
    places = places[(places["kind"] == "distributor") & (places["company"] == ours(result))]
    return [
        {"name": str(n) if isinstance(n, str) and n else str(i), "x": round(float(x), 3), "y": round(float(y), 3)}
        for i, n, x, y in zip(places["id"], places["name"], places["x_km"], places["y_km"], strict=True)
    ]

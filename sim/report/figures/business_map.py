"""The business map: where the outlets are, who leads in them, our depots, and one real route."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Polygon, Wedge
from matplotlib.transforms import Bbox

from sim.report.figures.advisor_day import Route, typical_route
from sim.report.figures.labels import place_labels, place_numbers
from sim.report.frames import Floats, Result, dates, ours, replications, span_text, table
from sim.report.names import advisor_names, brand_companies, brand_labels, colours, territory_names
from sim.report.style import INK, MUTED, nothing, number, page, quiet, short, styled

TITLE = "The business map"
CAPTION = (
    "Outlets on the last day of the first replication: larger discs sell more, the colour is the brand that leads "
    "there, rings are outlets our people do not know yet. Squares are our depots; the line is one advisor's route "
    "of one day."
)
NO_LEADER = "#B8BCC2"
LARGEST_POINTS = 190.0
SMALLEST_POINTS = 3.0
Box = tuple[float, float, float, float]
"""Least and greatest x, least and greatest y. [km]."""

MOST_LEGEND_BRANDS = 8
MOST_VECTOR_DISCS = 1500
SMALL_TERRITORY = 0.055


@styled
def figure(result: Result) -> Figure:
    """Return the map: the whole region and, where there is more than one territory, the one of the route."""
    spots = open_outlets(result)
    if not len(spots):
        return nothing(TITLE, "No outlet is open at the end of the run.")
    route = typical_route(result)
    focus = _focus(spots, route)
    what = f"{len(spots):,} open outlets on the last day of the first replication; {span_text(result)}"
    fig = page(
        TITLE,
        what,
        height=7.2,
        note=_route_note(result, route, is_numbered=focus is not None or not _has_several(result)),
    )
    grid = fig.add_gridspec(
        2, 2 if focus else 1, height_ratios=[1.0, 0.10], width_ratios=[1.15, 1.0] if focus else [1.0]
    )
    panels = [fig.add_subplot(grid[0, i]) for i in range(2 if focus else 1)]
    _legend(fig.add_subplot(grid[1, :]), result, spots, has_route=route is not None)
    boxes = [_bounds(result, spots)] + ([_focus_bounds(spots, focus, route)] if focus else [])
    for axes in panels:
        quiet(axes)
        _borders(axes, result)
        axes.set_title("The whole region")
    if focus:
        panels[1].set_title(f"{short(territory_names(result).get(focus, focus), 24)}, the territory of the route")
    elif not _has_several(result):
        panels[0].set_title("")
    fig.draw_without_rendering()
    for axes, box in zip(panels, boxes, strict=True):
        fit(axes, box)
    _whole(panels[0], result, spots, route, boxes[0], is_only=focus is None)
    if focus:
        _outlets(panels[1], result, spots, _areas(spots))
        _depots(panels[1], result, 55)
        _route(panels[1], result, route, numbered=True)
    return fig


def open_outlets(result: Result) -> pd.DataFrame:
    """Return the open outlets of the first replication with a known place, the largest first."""
    needed = ["outlet", "territory", "x_km", "y_km", "size", "open", "known", "leading_brand"]
    rows = table(result, "outlets", needed)
    rows = rows[rows["replication"] == replications(result)[0]] if len(rows) else rows
    rows = rows[rows["open"].astype(bool)].dropna(subset=["x_km", "y_km"])
    return rows.sort_values(["size", "outlet"], ascending=[False, True], kind="stable")


def _areas(spots: pd.DataFrame) -> Floats:
    """Return disc areas in points², proportional to size, smaller where there are many outlets."""
    size = spots["size"].to_numpy(dtype=float)
    crowd = float(np.clip(np.sqrt(400 / max(len(size), 1)), 0.12, 1.0))
    top = float(np.quantile(size, 0.995))
    return np.clip(size / max(top, 1e-9), 0, 1.3) * LARGEST_POINTS * crowd + SMALLEST_POINTS * crowd


def _focus(spots: pd.DataFrame, route: Route | None) -> str | None:
    if spots["territory"].nunique() < 2 or route is None:
        return None
    seen = route.stops["territory"].dropna()
    return str(seen.mode().iloc[0]) if len(seen) else None


def _whole(axes: Axes, result: Result, spots: pd.DataFrame, route: Route | None, box: Box, *, is_only: bool) -> None:
    places = _territories(result)
    names = territory_names(result)
    points = [(x, y, radius, short(names.get(t, t), 18)) for t, x, y, radius in _circles(result)]
    extent = max(box[1] - box[0], box[3] - box[2])
    if _is_scattered(places, extent):
        axes.set_title("The whole region: who leads in how many outlets")
        radius = pies(axes, result, spots, places, extent, route)
        discs = [
            axes.transData.transform_bbox(Bbox.from_extents(x - 0.8 * r, y - 0.8 * r, x + 0.8 * r, y + 0.8 * r))
            for (x, y), r in radius.items()
        ]
        labelled = [(x, y, radius.get((x, y), r), name) for x, y, r, name in points]
        place_labels(axes, labelled, np.empty((0, 2)), discs)
        return
    _outlets(axes, result, spots, _areas(spots) * (1.0 if is_only else 0.4))
    _depots(axes, result, 40 if is_only else 22)
    _route(axes, result, route, numbered=is_only and not _has_several(result))
    place_labels(axes, points, spots[["x_km", "y_km"]].to_numpy(dtype=float))


def _nearest_km(places: pd.DataFrame) -> float:
    """Return the median distance of a territory's centre to the nearest other one. [km]."""
    x, y = (places[c].to_numpy(dtype=float) for c in ("x_km", "y_km"))
    distance = np.hypot(x[:, None] - x, y[:, None] - y)
    np.fill_diagonal(distance, np.inf)
    return float(np.median(distance.min(axis=1)))


def _is_scattered(places: pd.DataFrame, extent: float) -> bool:
    """Tell whether the territories are so small on the map that their outlets would be dots on dots."""
    return len(places) > 1 and float(np.nan_to_num(places["radius_km"]).max()) < SMALL_TERRITORY * extent


def pies(
    axes: Axes, result: Result, spots: pd.DataFrame, places: pd.DataFrame, extent: float, route: Route | None
) -> dict[tuple[float, float], float]:
    """Draw a pie of leading brands for each territory, where outlets would be dots on dots; return centre → radius."""
    colour = colours(result)
    counts = spots.groupby("territory", observed=True).size()
    spacing = min(extent / max(np.sqrt(len(places)), 2.0), 1.9 * _nearest_km(places))
    focus = _focus(spots, route)
    drawn = {}
    for territory, x, y in zip(places["id"].astype(str), places["x_km"].tolist(), places["y_km"].tolist(), strict=True):
        leaders = spots[spots["territory"] == territory]["leading_brand"].astype(str).value_counts()
        radius = 0.24 * spacing * float(np.sqrt(max(counts.get(territory, 0), 1) / max(counts.max(), 1)))
        centre = (float(x), float(y))
        start, total = 90.0, max(int(leaders.sum()), 1)
        for brand in [*brand_companies(result), ""]:
            turn = 360.0 * int(leaders.get(brand, 0)) / total
            if turn:
                axes.add_patch(
                    Wedge(
                        centre,
                        radius,
                        start - turn,
                        start,
                        facecolor=colour.get(brand, NO_LEADER),
                        edgecolor="white",
                        linewidth=0.8,
                        zorder=3,
                    )
                )
            start -= turn
        if territory == focus:
            axes.add_patch(Circle(centre, radius * 1.06, fill=False, edgecolor=INK, linewidth=1.8, zorder=4))
        drawn[centre] = radius
    return drawn


def _outlets(axes: Axes, result: Result, spots: pd.DataFrame, areas: Floats) -> None:
    colour = colours(result)
    shade = np.array(
        [colour.get(str(b), NO_LEADER) if isinstance(b, str) and b else NO_LEADER for b in spots["leading_brand"]]
    )
    known = spots["known"].astype(bool).to_numpy()
    x, y = spots["x_km"].to_numpy(dtype=float), spots["y_km"].to_numpy(dtype=float)
    # Thousands of discs as vectors make a file that no browser opens quickly.
    heavy = len(spots) > MOST_VECTOR_DISCS
    axes.scatter(
        x[known],
        y[known],
        s=areas[known],
        c=shade[known],
        alpha=0.78,
        linewidths=0.3,
        edgecolors="white",
        zorder=3,
        rasterized=heavy,
    )
    axes.scatter(
        x[~known],
        y[~known],
        s=areas[~known],
        facecolors="none",
        edgecolors=shade[~known].tolist(),
        linewidths=0.9,
        zorder=3,
        rasterized=heavy,
    )


def _depots(axes: Axes, result: Result, size: float) -> None:
    depots = table(result, "geography", ["kind", "id", "company", "x_km", "y_km"])
    depots = depots[(depots["kind"] == "distributor") & (depots["company"] == ours(result))]
    axes.scatter(
        depots["x_km"], depots["y_km"], marker="s", s=size, c=INK, edgecolors="white", linewidths=0.8, zorder=6
    )


def _borders(axes: Axes, result: Result) -> None:
    points = (
        table(result, "territory_border", ["territory", "x_km", "y_km"])
        if "territory_border" in result.tables
        else None
    )
    drawn = set()
    if points is not None and len(points):
        for territory, rows in points.groupby("territory", sort=True, observed=True):
            axes.add_patch(Polygon(rows[["x_km", "y_km"]].to_numpy(dtype=float), closed=True, **_EDGE))
            drawn.add(str(territory))
    for territory, x, y, radius in _circles(result):
        if territory not in drawn and radius > 0:
            axes.add_patch(Circle((x, y), radius, **_EDGE))


_EDGE: dict[str, Any] = {"facecolor": "#F4F5F7", "edgecolor": "#A6ACB5", "linewidth": 0.9, "zorder": 1}


def _territories(result: Result) -> pd.DataFrame:
    places = table(result, "geography", ["kind", "id", "name", "x_km", "y_km", "radius_km"])
    return places[places["kind"] == "territory"]


def _circles(result: Result) -> list[tuple[str, float, float, float]]:
    """Return id, centre and radius of each territory, the largest first."""
    rows = _territories(result).sort_values(["radius_km", "id"], ascending=[False, True], kind="stable")
    x, y, radius = (np.nan_to_num(rows[c].to_numpy(dtype=float)).tolist() for c in ("x_km", "y_km", "radius_km"))
    return list(zip(rows["id"].astype(str), x, y, radius, strict=True))


def _home(result: Result, route: Route) -> tuple[float, float] | None:
    places = table(result, "geography", ["kind", "id", "x_km", "y_km"])
    home = places[(places["kind"] == "advisor_home") & (places["id"] == route.advisor)]
    return (float(home["x_km"].iloc[0]), float(home["y_km"].iloc[0])) if len(home) else None


def _route(axes: Axes, result: Result, route: Route | None, *, numbered: bool) -> None:
    if route is None:
        return
    stops = route.stops.dropna(subset=["x_km", "y_km"])
    x, y = stops["x_km"].tolist(), stops["y_km"].tolist()
    home = _home(result, route)
    if home:
        x, y = [home[0], *x, home[0]], [home[1], *y, home[1]]
        axes.scatter(
            *home, marker="*", s=170 if numbered else 50, c="#FFD23F", edgecolors=INK, linewidths=0.8, zorder=8
        )
    axes.plot(x, y, color="white", linewidth=3.0 if numbered else 1.8, zorder=4, solid_joinstyle="round")
    axes.plot(x, y, color=INK, linewidth=1.2 if numbered else 0.7, zorder=5, solid_joinstyle="round")
    if numbered:
        axes.scatter(stops["x_km"], stops["y_km"], s=9, c=INK, zorder=7)
        place_numbers(axes, stops[["x_km", "y_km"]].to_numpy(dtype=float), [str(s) for s in stops["stop"]])


def _route_note(result: Result, route: Route | None, *, is_numbered: bool) -> str:
    if route is None:
        return "No route is drawn: no call of an advisor was recorded."
    who = short(advisor_names(result).get(route.advisor, route.advisor), 24)
    day = dates(result, [float(route.day)])[0].isoformat()
    order = (
        "numbers are the order of the calls, where there is room; the star is where the day begins"
        if is_numbered
        else "it begins at the star"
    )
    return f"Route of {who} on {day}, {len(route.stops)} calls; {order}."


def _has_several(result: Result) -> bool:
    return len(_territories(result)) > 1


def _bounds(result: Result, spots: pd.DataFrame) -> Box:
    places = _territories(result)
    x, y, r = (places[c].to_numpy(dtype=float) for c in ("x_km", "y_km", "radius_km"))
    r = np.nan_to_num(r)
    xs = np.concatenate([spots["x_km"].to_numpy(dtype=float), x - r, x + r])
    ys = np.concatenate([spots["y_km"].to_numpy(dtype=float), y - r, y + r])
    extent = float(max(np.ptp(xs), np.ptp(ys)))
    more = 0.4 * extent / max(np.sqrt(len(places)), 2.0) if _is_scattered(places, extent) else 0.0
    return float(xs.min()) - more, float(xs.max()) + more, float(ys.min()) - more, float(ys.max()) + more


def _focus_bounds(spots: pd.DataFrame, focus: str, route: Route | None) -> Box:
    """Return the box of the territory's outlets, without the farthest of them unless the route goes there."""
    near = spots[spots["territory"] == focus]
    x, y = near["x_km"].to_numpy(dtype=float), near["y_km"].to_numpy(dtype=float)
    low_x, high_x = np.quantile(x, [0.005, 0.995])
    low_y, high_y = np.quantile(y, [0.005, 0.995])
    if route is not None:
        stops = route.stops.dropna(subset=["x_km", "y_km"])
        low_x, high_x = min(low_x, stops["x_km"].min()), max(high_x, stops["x_km"].max())
        low_y, high_y = min(low_y, stops["y_km"].min()), max(high_y, stops["y_km"].max())
    return float(low_x), float(high_x), float(low_y), float(high_y)


def fit(axes: Axes, box: Box) -> None:
    """Show the box, widened to the panel's own shape so that a kilometre is as long in both directions."""
    low_x, high_x, low_y, high_y = box
    shape = axes.get_window_extent()
    pad = 0.07 * max(high_x - low_x, high_y - low_y, 1.0)
    width, height = high_x - low_x + 2 * pad, high_y - low_y + 2 * pad
    scale = max(width / shape.width, height / shape.height)
    middle_x, middle_y = (low_x + high_x) / 2, (low_y + high_y) / 2
    axes.set_xlim(middle_x - scale * shape.width / 2, middle_x + scale * shape.width / 2)
    axes.set_ylim(middle_y - scale * shape.height / 2, middle_y + scale * shape.height / 2)
    axes.set_aspect("equal", adjustable="box")
    _scale_bar(axes, scale * shape.width)


def _scale_bar(axes: Axes, width_km: float) -> None:
    wanted = width_km / 6
    step = 10 ** np.floor(np.log10(wanted))
    length = float(max(m * step for m in (1, 2, 5) if m * step <= wanted))
    transform = axes.get_xaxis_transform()
    left = axes.get_xlim()[0]
    axes.plot(
        [left, left + length],
        [-0.025, -0.025],
        transform=transform,
        color=INK,
        linewidth=2,
        solid_capstyle="butt",
        clip_on=False,
    )
    axes.text(left + length * 1.08, -0.025, f"{length:g} km", transform=transform, fontsize=8, va="center")


def _legend(axes: Axes, result: Result, spots: pd.DataFrame, *, has_route: bool) -> None:
    colour, labels = colours(result), brand_labels(result)
    counts = spots["leading_brand"].where(spots["leading_brand"].astype(str) != "").value_counts()
    brands = [b for b in brand_companies(result) if counts.get(b, 0)]
    handles = [_disc(colour[b], "white", f"{labels[b]}: {number(int(counts[b]))}") for b in brands[:MOST_LEGEND_BRANDS]]
    nobody = len(spots) - int(counts.sum())
    if nobody:
        handles.append(_disc(NO_LEADER, "white", f"nobody leads: {number(nobody)}"))
    unknown = int((~spots["known"].astype(bool)).sum())
    if unknown:
        handles.append(_disc("white", MUTED, f"not known to us: {number(unknown)}"))
    handles.append(Line2D([], [], marker="s", linestyle="none", markersize=6, color=INK, label="our depot"))
    if has_route:
        handles.append(Line2D([], [], color=INK, linewidth=1.2, label="route of a day"))
    quiet(axes)
    axes.legend(handles=handles, loc="lower left", ncols=5, columnspacing=1.4, handletextpad=0.4, borderaxespad=0)


def _disc(face: str, edge: str, text: str) -> Line2D:
    return Line2D(
        [], [], marker="o", linestyle="none", markersize=8, markerfacecolor=face, markeredgecolor=edge, label=text
    )

"""The business map: where the outlets are, who leads in them, our depots, and one real route."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Wedge
from matplotlib.transforms import Bbox

from sim.ledger.result import RunResult
from sim.report.figures.advisor_day import Route, typical_route
from sim.report.maps import Box, Territory, fit, place_labels, place_numbers, territories
from sim.report.result import Brands, advisor_names, brands_of, day_of, ours, replications, span_text, table
from sim.report.style import DROPPED, INK, MUTED, Look, nothing, page, quiet, styled
from sim.report.words import number, short

TITLE = "The business map"
CAPTION = (
    "Outlets on the last day of the first replication: larger discs sell more, the colour is the brand that leads "
    "there, rings are outlets our people do not know yet. Squares are our depots; the line is one advisor's route "
    "of one day."
)
NO_LEADER = DROPPED
LARGEST_POINTS = 190.0
SMALLEST_POINTS = 3.0
MOST_LEGEND_BRANDS = 8
MOST_VECTOR_DISCS = 1500
SMALL_TERRITORY = 0.055


class Scene(NamedTuple):
    """What the map shows.

    Attributes
    ----------
    result : the run.
    spots : open outlets, the largest first.
    places : territories by id.
    brands : how brands appear.
    route : one advisor's day, where one was recorded.
    focus : the route's territory, where there are several.
    """

    result: RunResult
    spots: pd.DataFrame
    places: dict[str, Territory]
    brands: Brands
    route: Route | None
    focus: str | None

    @property
    def has_several(self) -> bool:
        """Whether there is more than one territory."""
        return len(self.places) > 1

    def is_scattered(self, extent: float) -> bool:
        """Whether the territories are so small on the map that their outlets would be dots on dots."""
        return self.has_several and max(t.radius for t in self.places.values()) < SMALL_TERRITORY * extent


@styled
def figure(result: RunResult) -> Figure:
    """Return the map: the whole region and, where there is more than one territory, the one of the route."""
    spots = open_outlets(result)
    if not len(spots):
        return nothing(TITLE, "No outlet is open at the end of the run.")
    route = typical_route(result)
    scene = Scene(result, spots, territories(result.tables), brands_of(result), route, _focus(spots, route))
    what = f"{len(spots):,} open outlets on the last day of the first replication; {span_text(result)}"
    fig = page(TITLE, what, height=7.2, note=_route_note(scene))
    widths = [1.15, 1.0] if scene.focus else [1.0]
    grid = fig.add_gridspec(2, len(widths), height_ratios=[1.0, 0.10], width_ratios=widths)
    panels = [fig.add_subplot(grid[0, i]) for i in range(len(widths))]
    _legend(fig.add_subplot(grid[1, :]), scene)
    for axes in panels:
        quiet(axes)
        look: Look = {"facecolor": "#F4F5F7", "edgecolor": "#A6ACB5", "linewidth": 0.9, "zorder": 1}
        for place in scene.places.values():
            axes.add_patch(place.shape(**look))
    if scene.has_several or scene.focus:
        panels[0].set_title("The whole region")
    fig.draw_without_rendering()
    whole = _bounds(scene)
    fit(panels[0], whole)
    if scene.focus:
        name = scene.places[scene.focus].name if scene.focus in scene.places else scene.focus
        panels[1].set_title(f"{short(name, 24)}, the territory of the route")
        fit(panels[1], _focus_bounds(scene))
    _whole(panels[0], scene, whole)
    if scene.focus:
        _outlets(panels[1], scene, 1.0)
        _depots(panels[1], result, 55)
        _route(panels[1], scene, numbered=True)
    return fig


def open_outlets(result: RunResult) -> pd.DataFrame:
    """Return the open outlets of the first replication with a known place, the largest first."""
    needed = ["outlet", "territory", "x_km", "y_km", "size", "open", "known", "leading_brand"]
    rows = table(result, "outlets", needed)
    rows = rows[rows["replication"] == replications(result)[0]] if len(rows) else rows
    rows = rows[rows["open"].astype(bool)].dropna(subset=["x_km", "y_km"])
    return rows.sort_values(["size", "outlet"], ascending=[False, True], kind="stable")


def depots_of(result: RunResult) -> pd.DataFrame:
    """Return our distributors' rows of the geography."""
    places = table(result, "geography", ["kind", "id", "name", "company", "x_km", "y_km"])
    return places[(places["kind"] == "distributor") & (places["company"] == ours(result))]


def _focus(spots: pd.DataFrame, route: Route | None) -> str | None:
    if spots["territory"].nunique() < 2 or route is None:
        return None
    seen = route.stops["territory"].dropna()
    return str(seen.mode().iloc[0]) if len(seen) else None


def _whole(axes: Axes, scene: Scene, box: Box) -> None:
    """Draw the whole region: its outlets, or a pie for each territory where they would be dots on dots."""
    by_size = sorted(scene.places.values(), key=lambda t: (-t.radius, t.id))
    extent = max(box[1] - box[0], box[3] - box[2])
    if scene.is_scattered(extent):
        axes.set_title("The whole region: who leads in how many outlets")
        radius = pies(axes, scene, extent)
        points = np.empty((0, 2))
        reach = {t: 0.8 * r for t, r in radius.items()}
        corners = [(p.x - reach[t], p.y - reach[t], p.x + reach[t], p.y + reach[t]) for t, p in scene.places.items()]
        discs = [axes.transData.transform_bbox(Bbox.from_extents(*c)) for c in corners]
    else:
        is_only = scene.focus is None
        _outlets(axes, scene, 1.0 if is_only else 0.4)
        _depots(axes, scene.result, 40 if is_only else 22)
        _route(axes, scene, numbered=is_only and not scene.has_several)
        radius = {t: place.radius for t, place in scene.places.items()}
        points, discs = scene.spots[["x_km", "y_km"]].to_numpy(dtype=float), []
    place_labels(axes, [(t.x, t.y, radius[t.id], short(t.name, 18)) for t in by_size], points, discs)


def _nearest_km(places: dict[str, Territory]) -> float:
    """Return the median distance of a territory's centre to the nearest other one. [km]."""
    x, y = (np.array([getattr(t, axis) for t in places.values()]) for axis in ("x", "y"))
    distance = np.hypot(x[:, None] - x, y[:, None] - y)
    np.fill_diagonal(distance, np.inf)
    return float(np.median(distance.min(axis=1)))


def pies(axes: Axes, scene: Scene, extent: float) -> dict[str, float]:
    """Draw a pie of leading brands for each territory; return its radius by territory. [km]."""
    counts = scene.spots.groupby("territory", observed=True).size()
    spacing = min(extent / max(np.sqrt(len(scene.places)), 2.0), 1.9 * _nearest_km(scene.places))
    drawn = {}
    for territory, place in scene.places.items():
        leaders = scene.spots.loc[scene.spots["territory"] == territory, "leading_brand"].astype(str).value_counts()
        radius = 0.24 * spacing * float(np.sqrt(max(counts.get(territory, 0), 1) / max(counts.max(), 1)))
        start, total = 90.0, max(int(leaders.sum()), 1)
        look: Look = {"edgecolor": "white", "linewidth": 0.8, "zorder": 3}
        for brand in [*scene.brands.labels, ""]:
            turn = 360.0 * int(leaders.get(brand, 0)) / total
            if turn:
                colour = scene.brands.colours.get(brand, NO_LEADER)
                axes.add_patch(Wedge((place.x, place.y), radius, start - turn, start, facecolor=colour, **look))
            start -= turn
        if territory == scene.focus:
            ring = Circle((place.x, place.y), radius * 1.06, fill=False, edgecolor=INK, linewidth=1.8, zorder=4)
            axes.add_patch(ring)
        drawn[territory] = radius
    return drawn


def _outlets(axes: Axes, scene: Scene, scale: float) -> None:
    """Draw outlets as discs, area proportional to size and smaller where there are many; unknown ones as rings."""
    spots, colours = scene.spots, scene.brands.colours
    size = spots["size"].to_numpy(dtype=float)
    crowd = float(np.clip(np.sqrt(400 / max(len(size), 1)), 0.12, 1.0))
    top = float(np.quantile(size, 0.995))
    areas = scale * (np.clip(size / max(top, 1e-9), 0, 1.3) * LARGEST_POINTS * crowd + SMALLEST_POINTS * crowd)
    shade = np.array([colours.get(str(b), NO_LEADER) for b in spots["leading_brand"]])
    known = spots["known"].astype(bool).to_numpy()
    x, y = (spots[c].to_numpy(dtype=float) for c in ("x_km", "y_km"))
    # Thousands of discs as vectors make a file that no browser opens quickly.
    look: Look = {"zorder": 3, "rasterized": len(spots) > MOST_VECTOR_DISCS}
    discs: Look = {"c": shade[known], "alpha": 0.78, "linewidths": 0.3, "edgecolors": "white"}
    rings: Look = {"facecolors": "none", "edgecolors": shade[~known].tolist(), "linewidths": 0.9}
    axes.scatter(x[known], y[known], s=areas[known], **discs, **look)
    axes.scatter(x[~known], y[~known], s=areas[~known], **rings, **look)


def _depots(axes: Axes, result: RunResult, size: float) -> None:
    depots = depots_of(result)
    look: Look = {"edgecolors": "white", "linewidths": 0.8, "zorder": 6}
    axes.scatter(depots["x_km"], depots["y_km"], marker="s", s=size, c=INK, **look)


def _route(axes: Axes, scene: Scene, *, numbered: bool) -> None:
    if scene.route is None:
        return
    stops = scene.route.stops.dropna(subset=["x_km", "y_km"])
    x, y = stops["x_km"].tolist(), stops["y_km"].tolist()
    places = table(scene.result, "geography", ["kind", "id", "x_km", "y_km"])
    home = places[(places["kind"] == "advisor_home") & (places["id"] == scene.route.advisor)]
    if len(home):
        star = float(home["x_km"].iloc[0]), float(home["y_km"].iloc[0])
        x, y = [star[0], *x, star[0]], [star[1], *y, star[1]]
        look: Look = {"edgecolors": INK, "linewidths": 0.8, "zorder": 8}
        axes.scatter(*star, marker="*", s=170 if numbered else 50, c="#FFD23F", **look)
    axes.plot(x, y, color="white", linewidth=3.0 if numbered else 1.8, zorder=4, solid_joinstyle="round")
    axes.plot(x, y, color=INK, linewidth=1.2 if numbered else 0.7, zorder=5, solid_joinstyle="round")
    if numbered:
        axes.scatter(stops["x_km"], stops["y_km"], s=9, c=INK, zorder=7)
        place_numbers(axes, stops[["x_km", "y_km"]].to_numpy(dtype=float), [str(s) for s in stops["stop"]])


def _route_note(scene: Scene) -> str:
    route = scene.route
    if route is None:
        return "No route is drawn: no call of an advisor was recorded."
    who = short(advisor_names(scene.result).get(route.advisor, route.advisor), 24)
    order = "it begins at the star"
    if scene.focus is not None or not scene.has_several:
        order = "numbers are the order of the calls, where there is room; the star is where the day begins"
    return f"Route of {who} on {day_of(scene.result, route.day).isoformat()}, {len(route.stops)} calls; {order}."


def _bounds(scene: Scene) -> Box:
    places = list(scene.places.values())
    x, y, r = (np.array([getattr(t, c) for t in places]) for c in ("x", "y", "radius"))
    xs = np.concatenate([scene.spots["x_km"].to_numpy(dtype=float), x - r, x + r])
    ys = np.concatenate([scene.spots["y_km"].to_numpy(dtype=float), y - r, y + r])
    extent = float(max(np.ptp(xs), np.ptp(ys)))
    more = 0.4 * extent / max(np.sqrt(len(places)), 2.0) if scene.is_scattered(extent) else 0.0
    return float(xs.min()) - more, float(xs.max()) + more, float(ys.min()) - more, float(ys.max()) + more


def _focus_bounds(scene: Scene) -> Box:
    """Return the box of the territory's outlets, without the farthest of them unless the route goes there."""
    near = scene.spots[scene.spots["territory"] == scene.focus][["x_km", "y_km"]].to_numpy(dtype=float)
    low, high = np.quantile(near, [0.005, 0.995], axis=0)
    if scene.route is not None:
        stops = scene.route.stops[["x_km", "y_km"]].dropna().to_numpy(dtype=float)
        low, high = np.minimum(low, stops.min(axis=0)), np.maximum(high, stops.max(axis=0))
    return float(low[0]), float(high[0]), float(low[1]), float(high[1])


def _legend(axes: Axes, scene: Scene) -> None:
    brands, spots = scene.brands, scene.spots
    counts = spots["leading_brand"].where(spots["leading_brand"].astype(str) != "").value_counts()
    led = [b for b in brands.labels if counts.get(b, 0)][:MOST_LEGEND_BRANDS]
    handles = [_disc(brands.colours[b], "white", f"{brands.labels[b]}: {number(int(counts[b]))}") for b in led]
    nobody = len(spots) - int(counts.sum())
    if nobody:
        handles.append(_disc(NO_LEADER, "white", f"nobody leads: {number(nobody)}"))
    unknown = int((~spots["known"].astype(bool)).sum())
    if unknown:
        handles.append(_disc("white", MUTED, f"not known to us: {number(unknown)}"))
    handles.append(Line2D([], [], marker="s", linestyle="none", markersize=6, color=INK, label="our depot"))
    if scene.route is not None:
        handles.append(Line2D([], [], color=INK, linewidth=1.2, label="route of a day"))
    quiet(axes)
    axes.legend(handles=handles, loc="lower left", ncols=5, columnspacing=1.4, handletextpad=0.4, borderaxespad=0)


def _disc(face: str, edge: str, text: str) -> Line2D:
    look: Look = {"markerfacecolor": face, "markeredgecolor": edge, "linestyle": "none"}
    return Line2D([], [], marker="o", markersize=8, label=text, **look)

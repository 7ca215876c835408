"""The advisor's day: how much of it is driving, visiting and waiting, and one day of one advisor stop by stop."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from sim.ledger.result import RunResult
from sim.metrics.table import kpi_table
from sim.metrics.weeks import one_value
from sim.report.drawing import from_top, rows, whiskers
from sim.report.result import advisor_names, day_of, measured, named, replications, subtitle, table, territory_names
from sim.report.style import GOOD, MUTED, RIVALS, Look, nothing, page, styled
from sim.report.words import number, percent, short

TITLE = "An advisor's day"
CAPTION = (
    "Left, how the working day divides on average. Right, one real day of one advisor in the first replication: "
    "each bar is a call, the gaps between them are driving."
)
DRIVING, NO_ORDER = RIVALS[1], "#A8CFCB"
PARTS = {
    "visiting_minutes": ("visiting", GOOD),
    "driving_minutes": ("driving", DRIVING),
    "idle_minutes": ("idle or office", "#D5D8DD"),
}
ONE_DAY = {"call with an order": GOOD, "call without": NO_ORDER, "driving": DRIVING}
MOST_ADVISORS = 14


@dataclass(frozen=True)
class Route:
    """One day of one advisor in the first replication.

    Attributes
    ----------
    advisor : advisor's id.
    day : day counted from the start of the measured span.
    stops : rows of the `visits` table, in order, with the outlet's name, territory and place.
    """

    advisor: str
    day: int
    stops: pd.DataFrame


def typical_route(result: RunResult) -> Route | None:
    """Return the advisor's day with the median number of calls, or None when no call was recorded."""
    calls = measured(result, "visits", ["advisor", "stop", "outlet", "arrive_minute", "leave_minute", "order_units"])
    first = replications(result)[0]
    calls = calls[calls["replication"] == first]
    if not len(calls):
        return None
    counts = calls.groupby(["day", "advisor"], observed=True).size().sort_values(kind="stable")
    day, advisor = counts.index[len(counts) // 2]
    stops = calls[(calls["day"] == day) & (calls["advisor"] == advisor)].sort_values("stop")
    where = ["outlet", "name", "territory", "x_km", "y_km"]
    outlets = table(result, "outlets", where)
    places = outlets.loc[outlets["replication"] == first, where]
    return Route(str(advisor), int(day), stops.merge(places, on="outlet", how="left", suffixes=("", "_end")))


@styled
def figure(result: RunResult) -> Figure:
    """Return the picture of the working day."""
    days = measured(result, "advisor", ["advisor", "calls", "productive_calls", *PARTS])
    if not len(days):
        why = "is switched off" if not result.scenario.mechanisms.advisors else "has nobody"
        return nothing(TITLE, f"Our field force {why}, so there is no working day to show.")
    route = typical_route(result)
    n_advisors = days["advisor"].nunique()
    lines = max(min(n_advisors, MOST_ADVISORS) + 1, len(route.stops) if route else 0)
    left_out = max(n_advisors - MOST_ADVISORS, 0)
    note = f"{left_out} more advisors are in the mean but not drawn." if left_out else ""
    what = subtitle(result, "minutes of a working day")
    fig = page(TITLE, what, height=max(4.8, 2.2 + 0.30 * lines), note=note)
    if route is None:
        _mean_day(fig.add_subplot(), result, days)
        return fig
    grid = fig.add_gridspec(1, 2, width_ratios=[1.0, 1.25])
    _mean_day(fig.add_subplot(grid[0, 0]), result, days)
    _one_day(fig.add_subplot(grid[0, 1]), result, route)
    return fig


def _mean_day(axes: Axes, result: RunResult, days: pd.DataFrame) -> None:
    names = advisor_names(result)
    each = days.groupby("advisor", observed=True)[[*PARTS, "calls"]].mean()
    each = each.sort_values("visiting_minutes", ascending=False, kind="stable")
    per_run = days.groupby("replication")[[*PARTS, "calls"]].mean()
    bars = [("all advisors", per_run.mean())]
    bars += [(short(names.get(str(a), str(a)), 16), row) for a, row in each.head(MOST_ADVISORS).iterrows()]
    at = from_top(len(bars))
    at[0] += 0.4
    left = [0.0] * len(bars)
    for column, (_, colour) in PARTS.items():
        values = [float(row[column]) for _, row in bars]
        axes.barh(at, values, left=left, color=colour, height=0.66)
        left = [a + b for a, b in zip(left, values, strict=True)]
    edge = 0.0
    for column in list(PARTS)[:2]:
        mean, reach = one_value(per_run[column])
        edge += mean
        whiskers(axes, [at[0]], [edge], [reach], across=True)
    for place, (_, row), end in zip(at, bars, left, strict=True):
        axes.text(end + 6, place, f"{number(float(row['calls']))} calls", va="center", fontsize=8, color=MUTED)
    rows(axes, at, [name for name, _ in bars])
    axes.set_xlim(0, max(left) * 1.2)
    axes.set_xlabel("minutes a working day")
    strike = float(kpi_table(result, names=["strike_rate"])["mean"].iloc[0])
    axes.set_title(f"Mean day; an order at {percent(strike, 0)} of all calls", pad=24)
    _legend_above(axes, dict(PARTS.values()))


def _one_day(axes: Axes, result: RunResult, route: Route) -> None:
    stops = route.stops
    at = from_top(len(stops))
    arrive, leave, units = (stops[c].to_numpy(dtype=float) for c in ("arrive_minute", "leave_minute", "order_units"))
    axes.barh(at, leave - arrive, left=arrive, color=[GOOD if u > 0 else NO_ORDER for u in units], height=0.7)
    for i in range(1, len(stops)):
        between, lines = [leave[i - 1], arrive[i]], [at[i - 1] - 0.35, at[i] + 0.35]
        axes.plot(between, lines, color=DRIVING, linewidth=1.4, solid_capstyle="round")
    first, last = float(arrive.min()), float(leave.max())
    names = named(stops["outlet"], stops["name"])
    for i, outlet in enumerate(stops["outlet"]):
        label = short(names[str(outlet)], 24)
        text = f"{label}, {number(float(units[i]))} units" if units[i] > 0 else label
        on_right = arrive[i] < (first + last) / 2
        x, side = (leave[i] + 5, "left") if on_right else (arrive[i] - 5, "right")
        axes.text(x, at[i], text, va="center", ha=side, fontsize=8)
    visit = result.scenario.team.visit
    begin = min(visit.start_minute, first)
    axes.set_xlim(begin - 5, max(last, visit.start_minute + visit.minutes_per_day) + 5)
    axes.set_xticks(range(int(begin // 60 + 1) * 60, int(axes.get_xlim()[1]) + 1, 60))
    axes.xaxis.set_major_formatter(lambda v, _: f"{int(v) // 60}:{int(v) % 60:02d}")
    axes.set_yticks([])
    axes.set_ylim(-0.8, len(stops) - 0.2)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    axes.set_title(_day_title(result, route), pad=24)
    _legend_above(axes, ONE_DAY)


def _legend_above(axes: Axes, colours: dict[str, str]) -> None:
    """Write what the colours of bars mean between the heading and the panel."""
    handles = [Patch(color=colour, label=label) for label, colour in colours.items()]
    look: Look = {"ncols": 3, "handlelength": 1.0, "columnspacing": 1.2, "borderaxespad": 0.2}
    axes.legend(handles=handles, loc="lower left", bbox_to_anchor=(-0.01, 1.0), **look)


def _day_title(result: RunResult, route: Route) -> str:
    name = short(advisor_names(result).get(route.advisor, route.advisor), 18)
    territories = [str(t) for t in route.stops["territory"].dropna().unique()]
    where = short(territory_names(result).get(territories[0], territories[0]), 16) if territories else ""
    day = day_of(result, route.day).isoformat()
    return f"{name}{', ' if where else ''}{where}, {day}: {len(route.stops)} calls"

"""The advisor's day: how much of it is driving, visiting and waiting, and one day of one advisor stop by stop."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from sim.report.figures.axis import whiskers
from sim.report.frames import Result, dates, measured, one_value, replications, subtitle
from sim.report.names import advisor_names, territory_names
from sim.report.style import GOOD, MUTED, RIVALS, nothing, number, page, percent, short, styled

TITLE = "An advisor's day"
CAPTION = (
    "Left, how the working day divides on average. Right, one real day of one advisor in the first replication: "
    "each bar is a call, the gaps between them are driving."
)
PARTS = {
    "visiting_minutes": ("visiting", GOOD),
    "driving_minutes": ("driving", RIVALS[1]),
    "idle_minutes": ("idle or office", "#D5D8DD"),
}
MOST_ADVISORS = 14


@dataclass(frozen=True)
class Route:
    """One day of one advisor in the first replication.

    Attributes
    ----------
    advisor : advisor's id.
    day : day counted from the start of the measured span.
    stops : rows of the `visits` table, in order, with the outlet's name, channel and place.
    """

    advisor: str
    day: int
    stops: pd.DataFrame


def typical_route(result: Result) -> Route | None:
    """Return the advisor's day with the median number of calls, or None when no call was recorded."""
    calls = measured(result, "visits", ["advisor", "stop", "outlet", "arrive_minute", "leave_minute", "order_units"])
    calls = calls[calls["replication"] == replications(result)[0]]
    if not len(calls):
        return None
    counts = calls.groupby(["day", "advisor"], observed=True).size().sort_values(kind="stable")
    day, advisor = counts.index[len(counts) // 2]
    stops = calls[(calls["day"] == day) & (calls["advisor"] == advisor)].sort_values("stop")
    places = measured_outlets(result)
    return Route(str(advisor), int(day), stops.merge(places, on="outlet", how="left", suffixes=("", "_end")))


def measured_outlets(result: Result) -> pd.DataFrame:
    """Return name, place and territory of each outlet, as in the first replication."""
    outlets = result.tables.get(
        "outlets", pd.DataFrame(columns=["replication", "outlet", "name", "territory", "x_km", "y_km"])
    )
    first = outlets[outlets["replication"] == replications(result)[0]]
    return first[["outlet", "name", "territory", "x_km", "y_km"]]


@styled
def figure(result: Result) -> Figure:
    """Return the picture of the working day."""
    rows = measured(result, "advisor", ["advisor", "calls", "productive_calls", *PARTS])
    if not len(rows):
        why = "is switched off" if not result.scenario.mechanisms.advisors else "has nobody"
        return nothing(TITLE, f"Our field force {why}, so there is no working day to show.")
    route = typical_route(result)
    n_rows = min(rows["advisor"].nunique(), MOST_ADVISORS) + 1
    stops = len(route.stops) if route else 0
    left_out = max(rows["advisor"].nunique() - MOST_ADVISORS, 0)
    note = f"{left_out} more advisors are in the mean but not drawn." if left_out else ""
    fig = page(
        TITLE, subtitle(result, "minutes of a working day"), height=max(4.8, 2.2 + 0.30 * max(n_rows, stops)), note=note
    )
    if route is None:
        _mean_day(fig.add_subplot(), result, rows)
        return fig
    grid = fig.add_gridspec(1, 2, width_ratios=[1.0, 1.25])
    _mean_day(fig.add_subplot(grid[0, 0]), result, rows)
    _one_day(fig.add_subplot(grid[0, 1]), result, route)
    return fig


def _mean_day(axes: Axes, result: Result, rows: pd.DataFrame) -> None:
    names = advisor_names(result)
    each = (
        rows.groupby("advisor", observed=True)[[*PARTS, "calls"]]
        .mean()
        .sort_values("visiting_minutes", ascending=False, kind="stable")
    )
    per_run = rows.groupby("replication")[[*PARTS, "calls", "productive_calls"]].mean()
    bars = [("all advisors", per_run.mean())]
    bars += [(short(names.get(str(a), str(a)), 16), row) for a, row in each.head(MOST_ADVISORS).iterrows()]
    at = [float(i) for i in range(len(bars))][::-1]
    at[0] += 0.4
    left = [0.0] * len(bars)
    for column, (_, colour) in PARTS.items():
        values = [float(row[column]) for _, row in bars]
        axes.barh(at, values, left=left, color=colour, height=0.66)
        left = [a + b for a, b in zip(left, values, strict=True)]
    _mean_whiskers(axes, per_run, at[0])
    for place, (_, row), end in zip(at, bars, left, strict=True):
        axes.text(end + 6, place, f"{number(float(row['calls']))} calls", va="center", fontsize=8, color=MUTED)
    axes.set_yticks(at, [name for name, _ in bars])
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x")
    axes.set_xlim(0, max(left) * 1.2)
    axes.set_xlabel("minutes a working day")
    strike = per_run["productive_calls"].mean() / max(per_run["calls"].mean(), 1e-9)
    axes.set_title(f"Mean day; an order at {percent(float(strike), 0)} of all calls", pad=24)
    handles = [Patch(color=colour, label=label) for label, colour in PARTS.values()]
    axes.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(-0.01, 1.0),
        ncols=3,
        handlelength=1.0,
        columnspacing=1.2,
        borderaxespad=0.2,
    )


def _mean_whiskers(axes: Axes, per_run: pd.DataFrame, place: float) -> None:
    edge = 0.0
    for column in list(PARTS)[:2]:
        mean, reach = one_value(per_run[column].tolist())
        edge += mean
        whiskers(axes, [place], [edge], [reach], across=True)


def _one_day(axes: Axes, result: Result, route: Route) -> None:
    stops = route.stops
    at = [float(i) for i in range(len(stops))][::-1]
    has_order = (stops["order_units"] > 0).tolist()
    stay = (stops["leave_minute"] - stops["arrive_minute"]).tolist()
    axes.barh(
        at, stay, left=stops["arrive_minute"].tolist(), color=[GOOD if o else "#A8CFCB" for o in has_order], height=0.7
    )
    for i in range(1, len(stops)):
        leave, arrive = float(stops["leave_minute"].iloc[i - 1]), float(stops["arrive_minute"].iloc[i])
        axes.plot(
            [leave, arrive], [at[i - 1] - 0.35, at[i] + 0.35], color=RIVALS[1], linewidth=1.4, solid_capstyle="round"
        )
    first, last = float(stops["arrive_minute"].min()), float(stops["leave_minute"].max())
    middle = (first + last) / 2
    labels = [
        short(str(n) if isinstance(n, str) and n else str(o), 24)
        for n, o in zip(stops["name"], stops["outlet"], strict=True)
    ]
    for place, label, arrive, leave, units in zip(
        at, labels, stops["arrive_minute"], stops["leave_minute"], stops["order_units"], strict=True
    ):
        text = f"{label}, {number(float(units))} units" if units > 0 else label
        on_right = arrive < middle
        axes.text(
            leave + 5 if on_right else arrive - 5,
            place,
            text,
            va="center",
            ha="left" if on_right else "right",
            fontsize=8,
        )
    start = result.scenario.team.visit.start_minute
    axes.set_xlim(min(start, first) - 5, max(last, start + result.scenario.team.visit.minutes_per_day) + 5)
    axes.set_xticks(range(int(min(start, first) // 60 + 1) * 60, int(axes.get_xlim()[1]) + 1, 60))
    axes.xaxis.set_major_formatter(lambda v, _: f"{int(v) // 60}:{int(v) % 60:02d}")
    axes.set_yticks([])
    axes.set_ylim(-0.8, len(stops) - 0.2)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    axes.set_title(_day_title(result, route), pad=24)
    handles = [
        Patch(color=GOOD, label="call with an order"),
        Patch(color="#A8CFCB", label="call without"),
        Patch(color=RIVALS[1], label="driving"),
    ]
    axes.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(-0.01, 1.0),
        ncols=3,
        handlelength=1.0,
        columnspacing=1.2,
        borderaxespad=0.2,
    )


def _day_title(result: Result, route: Route) -> str:
    name = short(advisor_names(result).get(route.advisor, route.advisor), 18)
    territories = [str(t) for t in route.stops["territory"].dropna().unique()]
    where = short(territory_names(result).get(territories[0], territories[0]), 16) if territories else ""
    day = dates(result, [float(route.day)])[0]
    return f"{name}{', ' if where else ''}{where}, {day.isoformat()}: {len(route.stops)} calls"

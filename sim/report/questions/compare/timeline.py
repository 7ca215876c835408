"""The picture of what each strategy did: stages, people, money, calls and contracts by territory over time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from sim.report.drawing import from_top, rows, time_axis
from sim.report.questions.compare.deeds import LEVER, deeds_of, place_names
from sim.report.questions.compare.findings import Findings
from sim.report.questions.compare.words import label
from sim.report.result import dates
from sim.report.style import BAD, INK, MUTED, SERIES, Heading, nothing, page, styled
from sim.report.words import number, short
from sim.strategies.stages import STAGES
from sim.world.levers import LEVERS

DID: Final = Heading(
    "What each strategy did",
    "Thick bars: the stage of a territory, its first letters at the beginning. Thin bars below: while people, money, "
    "calls, ground or terms differ from the baseline; numbers are advisors more or fewer. A red triangle is a gate "
    "that was missed. One replication; in the others the days differ by what people find.",
)
REST: Final = "terms and goods"
GROUPS: Final[dict[str, str]] = {
    "people": SERIES[0],
    "money": SERIES[1],
    "calls": SERIES[4],
    "ground": SERIES[2],
    REST: SERIES[3],
}
STAGE_COLOURS: Final = dict(
    zip(STAGES, ("#EEF3F6", "#DCE8EE", "#CADDE6", "#B8D2DE", "#A0C4D4", "#86B4C8", "#6BA2BB", "#4E8FAC"), strict=True)
)
MOST_STRATEGIES, MOST_ROWS = 4, 14
EVERYWHERE: Final = "everywhere"
ROW_INCHES: Final = 0.34


def group_of(lever: str) -> str:
    """Return the group of a lever in the picture; what is no matter of its own here is terms and goods."""
    group = LEVERS[lever].group.replace("spending", "money")
    return group if group in GROUPS else REST


@styled
def did(findings: Findings) -> Figure:
    """Return one panel a strategy, one row a territory."""
    strategies = [name for name in findings.others if not deeds_of(findings.comparison, name).empty][:MOST_STRATEGIES]
    if not strategies:
        return nothing(DID.title, "No strategy does anything that the baseline does not do.")
    deeds = {name: deeds_of(findings.comparison, name) for name in strategies}
    places = {name: _places(table) for name, table in deeds.items()}
    heights = [len(p) + 1.6 for p in places.values()]
    fig = page(DID.title, "Against the baseline; first replication", height=1.5 + ROW_INCHES * sum(heights))
    panels = fig.add_gridspec(len(strategies), 1, height_ratios=heights)
    first = None
    for k, name in enumerate(strategies):
        axes = fig.add_subplot(panels[k], sharex=first)
        first = first or axes
        axes.set_title(label(name), color=findings.colours[name])
        _panel(axes, findings, deeds[name], places[name])
    used = [Patch(color=colour, label=name) for name, colour in GROUPS.items()]
    fig.legend(handles=used, loc="outside lower left", ncols=len(used))
    return fig


def _places(deeds: pd.DataFrame) -> list[str]:
    """Territories of a strategy in the order in which it turns to them, the most touched where there are too many."""
    counts = deeds["territory"].value_counts()
    kept = set(counts.index[:MOST_ROWS])
    return sorted((str(t) for t in dict.fromkeys(deeds["territory"]) if t in kept), key=lambda place: not place)


def _panel(axes: Axes, findings: Findings, deeds: pd.DataFrame, places: list[str]) -> None:
    scenario = findings.comparison.scenario
    start, last, names = scenario.calendar.start_date, scenario.calendar.duration_days, place_names(scenario)
    at = dict(zip(places, from_top(len(places)), strict=True))

    def bar(place: str, begin: float, end: float, offset: float, height: float, colour: str) -> None:
        x: Any = dates(start, [begin, end])
        axes.barh(at[place] + offset, x[1] - x[0], left=x[0], height=height, color=colour, linewidth=0, zorder=3)

    for place, own in deeds[deeds["territory"].isin(places)].groupby("territory", sort=False):
        name = str(place)
        stages = own[own["note"].str.startswith("stage_")]
        ends = [*stages["day"].iloc[1:], last][: len(stages)]
        for day, note, end in zip(stages["day"], stages["note"], ends, strict=True):
            stage = str(note).removeprefix("stage_")
            if end > day:
                bar(name, day, end, 0.18, 0.42, STAGE_COLOURS.get(stage, "#D9D9D9"))
                if end - day > last / 14:
                    x: Any = dates(start, [day])
                    axes.text(x[0], at[name] + 0.18, f" {stage[:11]}", fontsize=6.5, va="center", color=INK, zorder=5)
        for k, (group, colour) in enumerate(GROUPS.items()):
            for begin, end in _spans(own, group, last):
                bar(name, begin, end, -0.12 - 0.1 * k, 0.08, colour)
        missed = own[own["note"] == "gate_missed"]["day"]
        gates: Any = dates(start, missed)
        axes.plot(gates, [at[name] + 0.18] * len(missed), "^", color=BAD, markersize=5, zorder=6)
        for day, value in own.loc[(own["part"] == LEVER) & (own["note"] == "advisors"), ["day", "value"]].to_numpy():
            where: Any = dates(start, [day])
            text = f"{'+' if value > 0 else ''}{number(float(value))}" if value else ""
            axes.text(where[0], at[name] - 0.32, text, fontsize=6.5, color=SERIES[0], va="center", ha="right", zorder=6)
    rows(axes, list(at.values()), [short(names.get(p, p) or EVERYWHERE, 18) for p in places])
    axes.set_ylim(-0.75, len(places) - 0.4)
    edges: Any = dates(start, [0, last])
    axes.set_xlim(edges[0], edges[1])
    axes.tick_params(axis="x", colors=MUTED)
    time_axis(axes)


def _spans(deeds: pd.DataFrame, group: str, last: int) -> Iterator[tuple[float, float]]:
    """Yield from when until when any lever of a group stands away from the baseline."""
    levers = deeds[deeds["part"] == LEVER]  # the other rows are notes and events, which no group holds
    own = levers[levers["note"].map(group_of) == group]
    away: dict[str, float] = {}
    begin: float | None = None
    for day, note, value in own[["day", "note", "value"]].itertuples(index=False):
        away[str(note)] = float(value)
        is_away = any(away.values())
        if is_away and begin is None:
            begin = float(day)
        elif not is_away and begin is not None:
            yield begin, float(day)
            begin = None
    if begin is not None:
        yield begin, float(last)

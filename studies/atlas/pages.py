"""Pages and pictures of the atlas, from the maps that are shipped and from words.yaml."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import numpy as np
from matplotlib.figure import Figure
from ruamel.yaml import YAML

from sim.questions.atlas.chart import Map
from sim.questions.atlas.words import spoken, value_words, verdict
from sim.report.atlas import map_figure
from sim.report.drawing import from_top, rows
from sim.report.style import INK, OURS, RIVALS, Look, page, render, styled
from sim.report.words import amount
from studies.atlas import steps
from studies.questions.pages import ROOT

PAGES: Final = ROOT / "docs" / "atlas"
OLD: Final = (
    "> **Old.** The model, or the scenario, says something else today than when these runs were made; the map is to be "
    "made anew (`python -m studies.atlas.make`)."
)
"""Stands at the top of a page whose runs would come out otherwise today."""
PALE: Final = ("#F3C4B2", "#C3D3E5")
SHOWN: Final = 0.03
"""Least part of a bar that has room for its number."""
READING: Final = (
    "The line is where both arms do equally well; the stronger the colour, the greater the difference. Between the "
    "broken lines the runs leave open which is better (5 % to 95 % chance); a plane without them is clear everywhere "
    "or nowhere. Dots are runs, spread evenly, none of them put near the line; between them the plane is estimated. "
    "Diamonds are fresh pairs, see below."
)
MADE: Final = "Made by `python -m studies.atlas.make`; do not edit."


def words() -> dict[str, Any]:
    """Return the hand-written words of every page."""
    file = ROOT / "studies" / "atlas" / "words.yaml"
    found: dict[str, Any] = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    return found


def is_old(chart: Map) -> bool:
    """Whether the files of a map, or the model's behaviour, have changed since it was made."""
    same = chart.made["fingerprint"] == steps.mark_of(chart.name)
    return not same or chart.made["canary"] != steps.canary(chart.name, chart.between)


def write(chart: Map) -> None:
    """Write the picture and the page of one map."""
    PAGES.mkdir(exist_ok=True)
    said = words()[chart.name]
    (PAGES / f"{chart.name}.png").write_bytes(render(map_figure(chart, title=said["title"]), "png"))
    (PAGES / f"{chart.name}.md").write_text("\n\n".join(_parts(chart, said)) + "\n", encoding="utf-8")


def _parts(chart: Map, said: Mapping[str, Any]) -> Iterator[str]:
    """Yield the parts of a page; the first line below the title is the verdict."""
    a, b = map(spoken, chart.between)
    x, y = chart.axes
    yield f"# {said['title']}: {a}, or {b}?"
    if is_old(chart):
        yield OLD
    yield _wrapped(f"**{verdict(chart)}**")
    yield f"![The plane of {x.name} and {y.name}: where {a} is better than {b}]({chart.name}.png)"
    yield _wrapped(
        f"{MADE} The scenario is [{chart.name}.yaml](../../scenarios/atlas/{chart.name}.yaml), where both arms are "
        f"described. Money is {spoken(chart.kpi)} over {chart.days} days in a market of {chart.outlets} shops. "
        f"`arsim atlas YOUR_SCENARIO --principle {chart.name}` puts yours on this map."
    )
    yield _wrapped(READING)
    yield "## Why"
    yield from _why(chart, said)
    yield "## Points on fresh luck"
    yield from _confirmed(chart)
    yield "## What was asked, and over which ranges"
    yield from _ranges(chart)
    yield "## What a sceptical sales director would object"
    yield "\n".join(_wrapped(f"- *{objection}* {answer}", hang="  ") for objection, answer in said["objections"])
    made = chart.made
    yield _wrapped(
        f"_{len(chart.runs)} points of {chart.replications} pairs found the line. Version {made['version']}, "
        f"program {made['program']}, files {made['fingerprint']}; {made['seconds']:,} s of one processor._"
    )


def _why(chart: Map, said: Mapping[str, Any]) -> Iterator[str]:
    found = chart.extra.get("why")
    if "why" in said:
        yield _wrapped(said["why"])
    if not found:
        yield "Not split yet: through which mechanisms the difference comes has not been run."
        return
    x, y = chart.axes
    a, b = map(spoken, chart.between)
    at = f"{x.name} {value_words(chart, x, found['x'])} and {y.name} {value_words(chart, y, found['y'])}"
    yield _wrapped(
        f"At {at} the difference ({a} less {b}) was split: a part is what is missing of it when that mechanism is held "
        "where the other arm has it. Parts work through one another and need not add up; what rests, and what goes "
        "through none of these (the money spent among it), is interaction."
    )
    lines = ["| part | difference | 95 % interval |", "| --- | --- | --- |"]
    for row in found["parts"]:
        low, high = _money(row["low"], chart), _money(row["high"], chart)
        lines.append(f"| {row['part']} | {_money(row['mean'], chart)} | {low} … {high} |")
    yield "\n".join(lines)


def _confirmed(chart: Map) -> Iterator[str]:
    points = chart.extra.get("confirmed")
    if points is None:
        yield "Not confirmed yet: no point has been run on fresh luck."
        return
    if not points:
        yield "There is no point to confirm."
        return
    x, y = chart.axes
    right = sum(row["told"] * row["mean"] > 0 for row in points)
    sides = " One side has none: it is empty." if len({row["told"] > 0 for row in points}) == 1 else ""
    yield _wrapped(
        "Drawn at random where the map is clear (or, where it nowhere is, surest), away from the points that found it, "
        "and run "
        f"{points[0]['n']} times on luck that no run before had: the map called {right} of {len(points)} "
        f"rightly.{sides}"
    )
    lines = [f"| {x.name} | {y.name} | the map | fresh pairs | 95 % interval |", "| --- | --- | --- | --- | --- |"]
    for row in points:
        at = f"| {value_words(chart, x, row['x'])} | {value_words(chart, y, row['y'])} | {_money(row['told'], chart)} "
        low, high = _money(row["low"], chart), _money(row["high"], chart)
        lines.append(f"{at}| {_money(row['mean'], chart)} | {low} … {high} |")
    yield "\n".join(lines)


def _ranges(chart: Map) -> Iterator[str]:
    matters = {row["path"]: row for row in chart.extra.get("matters", ())}
    axes = [axis.path for axis in chart.axes]
    names = words()[chart.name]["names"]
    if matters:
        text = (
            "Six unknowns were screened first (paths of Morris, one pair a point): the two that move the difference "
            "most are the axes. With so few paths the order below the first is rough. Ranges were stated before any "
            "run."
        )
    else:
        text = "Not screened yet: the two axes were named beforehand, and whether others matter more is not known."
    yield _wrapped(words()[chart.name].get("set_up", text))
    lines = ["| unknown | range | reason | moves the difference by |", "| --- | --- | --- | --- |"]
    for row in steps.ranges_of(chart.name):
        mark = "**" if row["path"] in axes else ""
        moved = _money(matters[row["path"]]["mu_star"], chart).lstrip("+") if row["path"] in matters else "–"
        said = (
            row["range"]
            .replace("distribution: ", "")
            .replace("low: ", "")
            .replace("high: ", "to ")
            .replace(", to", " to")
        )
        lines.append(f"| {mark}{names[row['path']]}{mark} `{row['path']}` | {said} | {row['reason']} | {moved} |")
    yield "\n".join(lines)
    profit = chart.extra.get("profit")
    if profit:
        yield _wrapped(
            f"By plain profit, without the end value, the same arm is better at {profit['same_side']} of "
            f"{profit['points']} points."
        )


def write_index(found: Mapping[str, Map | None]) -> None:
    """Write the index: all maps in one picture and one table, and what is not yet asked."""
    there = [chart for chart in found.values() if chart is not None]
    said = words()
    lines = ["# The atlas: where each principle pays", "", _wrapped(INTRODUCTION), ""]
    if there:
        (PAGES / "overview.png").write_bytes(render(overview(there), "png"))
        lines += ["![Share of each plane on which each arm is clearly better](overview.png)", ""]
    lines += ["| principle | verdict | axes |", "| --- | --- | --- |"]
    for name, chart in found.items():
        if chart is None:
            lines.append(f"| {said[name]['title']} | not yet asked | |")
            continue
        axes = " and ".join(axis.name for axis in chart.axes)
        old = "(old, see the page) " if is_old(chart) else ""
        lines.append(f"| [{said[name]['title']}]({name}.md) | {old}{verdict(chart)} | {axes} |")
    (PAGES / "README.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


INTRODUCTION: Final = (
    "A principle of selling pays in some markets and not in others. Each page here asks one of them in a small market "
    "with every mechanism of the district on, and draws the line at which the better arm changes, on two unknowns. No "
    "arm has a bonus. A page says whether the two were found by a screening or named beforehand, and whether its "
    "points were confirmed; what is pale in the picture is a lead that luck can turn. `arsim atlas` lists the maps, "
    "`arsim atlas YOUR_SCENARIO` says on which side of each line your market lies, how far from it, and what to find "
    "out first. The markets are made up, and the ranges are as good as their reasons, which each page states; put your "
    "own arms on a map of your own with `arsim atlas YOUR_SCENARIO --experiment FILE`."
)


@styled
def overview(charts: Iterable[Map]) -> Figure:
    """Return a bar for each map: where the first arm is clearly better, where nobody is, where the second one is."""
    there, said = list(charts), words()
    figure = page(
        "Where each principle pays",
        "Share of the plane of its two unknowns on which an arm is clearly better (95 %), or only ahead (pale)",
        height=1.5 + 0.62 * len(there),
        width=9.5,
    )
    axes = figure.add_subplot()
    places = from_top(len(there))
    for place, chart in zip(places, there, strict=True):
        first, second = chart.clear
        pale = (chart.share - first, 1.0 - chart.share - second)
        shares = zip((first, *pale, second), (OURS, PALE[0], PALE[1], RIVALS[0]), strict=True)
        left = 0.0
        for share, colour in shares:
            axes.barh(place, share, left=left, color=colour, height=0.42)
            if share > SHOWN:
                text: Look = {
                    "ha": "center",
                    "va": "center",
                    "fontsize": 8,
                    "color": INK if colour in PALE else "white",
                }
                axes.text(left + share / 2, place, f"{share:.0%}", **text)
            left += share
        a, b = map(spoken, chart.between)
        axes.text(0.0, place + 0.26, a, fontsize=8, va="bottom", color=OURS)
        axes.text(1.0, place + 0.26, b, fontsize=8, va="bottom", ha="right", color=RIVALS[0])
    rows(axes, places, [said[chart.name]["title"] for chart in there])
    axes.set_xlim(0.0, 1.0)
    axes.set_ylim(-0.5, len(there) - 0.3)
    axes.set_xticks(np.linspace(0, 1, 5), ["0 %", "25 %", "50 %", "75 %", "100 %"])
    return figure


def _money(value: float, chart: Map) -> str:
    return amount(value, chart.kpi, chart.currency, signed=True)


def _wrapped(text: str, hang: str = "") -> str:
    return textwrap.fill(
        " ".join(text.split()), 120, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False
    )

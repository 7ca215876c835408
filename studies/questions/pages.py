"""Pages and pictures of the questions, from results and words."""

from __future__ import annotations

import hashlib
import json
import re
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from ruamel.yaml import YAML

from sim._version import MODEL_VERSION
from sim.metrics.catalogue import KPIS
from sim.report.drawing import number_axis
from sim.report.questions.compare.words import difference_words, span, verdict_words
from sim.report.style import INK, MUTED, STRATEGIES, page, render, styled
from sim.report.words import amount, kpi_words, unit_of

Results = Mapping[str, Any]
BETTER = {"higher": "more is better", "lower": "less is better", "neutral": "neither way is better"}
ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
PAGES = ROOT / "docs" / "questions"
SCENARIOS = ROOT / "scenarios" / "questions"
VOID = "> **Void for now.** What was run is not what the scenario and the model are today; it is being asked anew."
"""Stands at the top of a page whose scenario, or version of the model, is not that of its results."""
NUMBER = re.compile(r"\{(mean|diff|size) (\w+) (\w+)(?: against (\w+))?(?: in ([^}]+))?\}")
ROW_INCHES = 0.34
FOLLOWS = ("interest", "logistics", "travel", "upkeep", "listing fee cost", "promoter cost")
"""Items of the dose that follow from people, places and sales; a page leaves them out."""


def results_of(name: str) -> dict[str, Any]:
    """Return the stored results of a question."""
    found: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def fingerprint(scenario: Path, replications: int) -> str:
    """Return a digest of what a scenario file and its bases say, comments left out, and of the replications."""
    said: list[Any] = [replications]
    file: Path | None = scenario
    while file is not None:
        fields = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
        said.append(fields)
        file = file.parent / fields["base"] if "base" in fields else None
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()[:16]


def is_void(name: str, results: Results) -> bool:
    """Whether a question's scenario or the version of the model has changed since its results were found."""
    mark: str = results["fingerprint"]
    if results.get("model_version") != MODEL_VERSION:
        return True
    return mark != fingerprint(SCENARIOS / f"{name}.yaml", results["replications"])


def filled(text: str, results: Results) -> str:
    """Put the numbers of the results into a text: {mean kpi strategy in future}, {diff kpi strategy against other}."""

    def number(found: re.Match[str]) -> str:
        what, kpi, strategy, other, future = found.groups()
        world = results["means"][future or results["futures"][0]]
        value = world[strategy][kpi]
        if what != "mean":
            value -= world[other or results["baseline"]][kpi]
        value = abs(value) if what == "size" else value
        text = brief(float("nan") if value is None else value, kpi, results["currency"], signed=what != "mean")
        return text.removeprefix("+") if what == "size" else text

    return NUMBER.sub(number, text)


def paragraphs(text: str, results: Results) -> str:
    """Return paragraphs with their numbers, wrapped anew."""
    return "\n\n".join(
        textwrap.fill(" ".join(part.split()), 130) for part in filled(text, results).strip().split("\n\n")
    )


def brief(value: float, kpi: str, currency: str, *, signed: bool) -> str:
    """Return an amount for a sentence or a picture: thousands of money are rounded to thousands."""
    if KPIS[kpi].unit == "currency" and 1e4 <= abs(value) < 1e6:
        return f"{value / 1e3:{'+' if signed else ''}.0f} k {currency}".replace("-", "−")
    text, unit = amount(value, kpi, currency, signed=signed), unit_of(kpi, currency)
    # A rate is named by the sentence around it: 17.7 calls a day.
    return text.removesuffix(f" {unit}") if "/" in unit else text


def table_of(results: Results) -> pd.DataFrame:
    """Return the differences on the deciding KPI; missing values as not a number."""
    table = pd.DataFrame(results["differences"])
    numbers = ["baseline_mean", "difference", "low", "high", "relative_difference", "detectable"]
    table[numbers] = table[numbers].astype(float)
    return table


def spoken(name: str) -> str:
    """Return the name of a strategy or future as words."""
    return name.replace("_", " ")


# --- the picture ------------------------------------------------------------------------------------------------------
@styled
def picture(results: Results, title: str) -> Figure:
    """Return differences with intervals, a band for each future and a line for each strategy."""
    table, futures = table_of(results), results["futures"]
    others = [s for s in results["strategies"] if s != results["baseline"]]
    deciding = results["deciding"]
    unit = "points" if KPIS[deciding].unit == "share" else unit_of(deciding, results["currency"])
    subtitle = (
        f"{kpi_words(deciding)}{f' [{unit}]' if unit else ''}, {BETTER[KPIS[deciding].better]}: difference to "
        f"{results['baseline']} on the same luck, 95 % intervals, {results['replications']} replications"
    )
    height = 1.5 + ROW_INCHES * len(futures) * (len(others) + 1)
    fig = page(title, subtitle, height=height, width=9.5)
    axes = fig.add_subplot()
    places, labels = _lines(axes, table, futures, others, results["currency"])
    _finish(axes, table, deciding, places, labels)
    return fig


def _lines(
    axes: Axes, table: pd.DataFrame, futures: list[str], others: list[str], currency: str
) -> tuple[list[float], list[str]]:
    places, labels, y = [], [], 0.0
    for number, future in enumerate(futures):
        axes.text(
            0.005,
            y,
            spoken(future),
            transform=axes.get_yaxis_transform(),
            fontsize=9,
            fontweight="bold",
            va="center",
            zorder=6,
            bbox={"boxstyle": "square,pad=0.15", "facecolor": "white", "edgecolor": "none"},
        )
        if number:
            axes.axhline(y + 0.55, color="#C9CDD2", linewidth=0.8)
        for colour, strategy in zip(STRATEGIES, others, strict=False):
            y -= 1.0
            row = table[(table["future"] == future) & (table["strategy"] == strategy)].iloc[0]
            faded = 1.0 if str(row["verdict"]) not in {"no difference seen"} else 0.55
            axes.plot(
                [row["low"], row["high"]], [y, y], color=colour, linewidth=2.4, marker="|", markersize=8, alpha=faded
            )
            axes.plot([row["difference"]], [y], "o", color=colour, markersize=5.5, markeredgecolor="white")
            places.append(y)
            labels.append(spoken(strategy))
            text = f"{brief(float(row['difference']), str(row['kpi']), currency, signed=True)}  {_brief(row)}"
            axes.annotate(
                text,
                (1.01, y),
                xycoords=axes.get_yaxis_transform(),
                fontsize=8,
                va="center",
                color=INK,
                annotation_clip=False,
            )
        y -= 1.0
    return places, labels


def _brief(row: pd.Series) -> str:
    return "equal" if row["identical"] else str(row["verdict"])


def _finish(axes: Axes, table: pd.DataFrame, kpi: str, places: list[float], labels: list[str]) -> None:
    axes.axvline(0.0, color=MUTED, linewidth=1.1, zorder=1)
    axes.set_yticks(places, labels)
    axes.set_ylim(min(places) - 0.6, 0.7)
    axes.tick_params(axis="y", length=0)
    axes.grid(False)
    axes.grid(True, axis="x")
    axes.spines["left"].set_visible(False)
    values = np.append(table[["low", "high", "difference"]].to_numpy(dtype=float).ravel(), 0.0)
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    room = 0.05 * (high - low) or 1.0
    axes.set_xlim(low - room, high + room)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6))
    number_axis(axes.xaxis)
    if KPIS[kpi].unit == "share":
        axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{100 * v:g}".replace("-", "−")))


# --- the page ---------------------------------------------------------------------------------------------------------
def write(name: str, words: Mapping[str, Any]) -> None:
    """Write the picture and the page of one question."""
    results = results_of(name)
    (PAGES / f"{name}.png").write_bytes(render(picture(results, results["question"]), "png"))
    (PAGES / f"{name}.md").write_text(page_text(results, name, words), encoding="utf-8")


def page_text(results: Results, name: str, words: Mapping[str, Any]) -> str:
    """Return the page of one question."""
    deciding = kpi_words(results["deciding"])
    alt = f"Differences in {deciding.lower()} to {results['baseline']}, by strategy and future, with 95 % intervals"
    parts = [
        f"# {results['question']}",
        *([VOID] if is_void(name, results) else []),
        f"Made by `python -m studies.questions.make`; the scenario is "
        f"[scenarios/questions/{name}.yaml](../../scenarios/questions/{name}.yaml).",
        f"**In one line:** {filled(words['line'], results)}",
        "## The set-up",
        "\n".join(f"- {filled(line, results)}" for line in words["setup"]),
        "## The result",
        f"![{alt}]({name}.png)",
        _differences(results["differences"], results["currency"], deciding),
        f"Every row compares two runs on the same luck, {results['replications']} times. An interval is for its row "
        "alone; a verdict holds for all rows of the table together (Holm's method, 95 %). “Would have been seen” is "
        "the difference that this table would have found in four cases of five.",
        *_at_the_end(results),
        *_arms(results),
        "## Why",
        _means(results),
        *_dose(results),
        paragraphs(words["why"], results),
        "## What the textbook says, and where it turns",
        paragraphs(words["textbook"], results),
        *(
            ["## What a sceptical sales director would object", paragraphs(words["objections"], results)]
            if "objections" in words
            else []
        ),
        "## Assumptions",
        paragraphs(words["assumptions"], results),
        f"_{results['replications']} replications, {results['runs']} runs, version {results['version']}, "
        f"model {results.get('model_version', '–')}, commit {results['commit']}, scenario {results['fingerprint']}; "
        f"{results['seconds']:,} s of one processor._",
    ]
    return "\n\n".join(parts) + "\n"


def _at_the_end(results: Results) -> list[str]:
    """The same table with the value of what is left at the end; nothing for results without it."""
    rows = results.get("at_the_end", [])
    if not rows:
        return []
    said = "With the value of what is left at the end: a year of the margin of the last twelve weeks, half of it kept."
    return [said, _differences(rows, results["currency"], "Profit with end value")]


def _differences(rows: list[dict[str, Any]], currency: str, deciding: str) -> str:
    table = table_of({"differences": rows})
    lines = [
        f"| future | strategy | {deciding}, difference | 95 % interval | n | verdict |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for _, row in table.iterrows():
        lines.append(
            f"| {spoken(row['future'])} | {spoken(row['strategy'])} | {difference_words(row, currency)} | "
            f"{span(row, currency) or '–'} | {int(row['n'])} | {verdict_words(row, currency)} |"
        )
    return "\n".join(lines)


def _arms(results: Results) -> list[str]:
    """Each pair of arms on the deciding KPI, once; nothing for results without them."""
    rows = [row for row in results.get("pairs", []) if row["strategy"] > row["against"]]
    if not rows:
        return []
    table = table_of({"differences": rows})
    lines = [
        "The arms against each other, on the same luck:",
        "",
        "| future | arm | against | difference | 95 % interval | verdict |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for _, row in table.iterrows():
        currency = results["currency"]
        difference = brief(float(row["difference"]), str(row["kpi"]), currency, signed=True)
        lines.append(
            f"| {spoken(row['future'])} | {spoken(row['strategy'])} | {spoken(row['against'])} | {difference} | "
            f"{span(row, currency) or '–'} | {row['verdict']} |"
        )
    return ["\n".join(lines)]


def _dose(results: Results) -> list[str]:
    """What each arm used, where it differs from the baseline; nothing for results without it."""
    rows = [row for row in results.get("dose", []) if not row[1].startswith(FOLLOWS)]
    if not rows:
        return []
    head = f"| strategy | a month on the mean | used | {spoken(results['baseline'])} | where it differs |"
    lines = [f"| {' | '.join([spoken(row[0]), *row[1:]])} |" for row in rows]
    table = "\n".join([head, "| --- | --- | --- | --- | --- |", *lines])
    return [f"The dose, where it differs from {spoken(results['baseline'])}:", table]


def _means(results: Results) -> str:
    """Means of the KPIs asked for in the stated world."""
    world, strategies = results["means"][results["futures"][0]], results["strategies"]
    lines = [
        "Means in the stated world:",
        "",
        f"| | {' | '.join(spoken(s) for s in strategies)} |",
        f"| --- |{' --- |' * len(strategies)}",
    ]
    for kpi in results["kpis"]:
        values = [float("nan") if world[s][kpi] is None else world[s][kpi] for s in strategies]
        cells = [amount(value, kpi, results["currency"]) for value in values]
        lines.append(f"| {kpi_words(kpi)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def write_list(words: Mapping[str, Any]) -> None:
    """Write the list of all questions with their answers in a line each."""
    found = {name: results_of(name) for name in words if (RESULTS / f"{name}.json").exists()}
    lines = ["| question | the model's answer, in a line | scenario |", "| --- | --- | --- |"]
    for name, results in found.items():
        link = f"[{name}.yaml](../../scenarios/questions/{name}.yaml)"
        answer = "void: to be asked anew" if is_void(name, results) else filled(words[name]["line"], results)
        lines.append(f"| [{results['question']}]({name}.md) | {answer} | {link} |")
    text = (HERE / "introduction.txt").read_text(encoding="utf-8").rstrip()
    (PAGES / "README.md").write_text(f"{text}\n\n" + "\n".join(lines) + "\n", encoding="utf-8")

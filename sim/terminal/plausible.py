"""The plausibility card on the terminal: a table of what is known without a run, and one of what a short run shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import click

from sim.terminal.progress import Count, progress_bar

if TYPE_CHECKING:
    from sim.questions.plausibility.band import Line
    from sim.scenario.schema import Scenario

HEAD = ("quantity", "value", "real markets", "verdict")
FOLLOWED_DAYS: Final = 182
"""So long each strategy is followed to see whether it does anything."""


def print_stated(scenario: Scenario) -> None:
    """Print what is known without a run; the time and memory first, because the rest may take long."""
    from sim.questions.plausibility.known import MOST_BUILT, built_lines, n_outlets, stated_lines

    stated = stated_lines(scenario)
    large = n_outlets(scenario) > MOST_BUILT
    print_card([*stated, *built_lines(scenario)])
    if large:
        click.echo(f"  more than {MOST_BUILT:,} outlets: the rest of the card would take minutes and is left out")


def print_ran(scenario: Scenario, workers: int, count: Count) -> None:
    """Run the market for a while and print what that shows."""
    from sim.questions.plausibility.ran import REPLICATIONS, ran_lines

    with progress_bar(scenario.name, count, quiet=False) as progress:
        lines = ran_lines(scenario, workers=workers, progress=progress)
    click.echo(f"\nafter a run of {REPLICATIONS} replications, as it is and with one advisor more and fewer:")
    print_card(lines)


def print_doubts(scenario: Scenario, workers: int, count: Count) -> None:
    """Follow each strategy for a while and print what its author may not have meant; nothing without strategies."""
    from sim.questions.compare import compare
    from sim.report.questions.compare.deeds import doubts

    if not scenario.strategies:
        return
    days = min(scenario.calendar.duration_days, FOLLOWED_DAYS)
    short = scenario.model_copy(update={"calendar": scenario.calendar.model_copy(update={"duration_days": days})})
    with progress_bar(scenario.name, count, quiet=False) as progress:
        # Two replications are the fewest that a comparison takes.
        found = compare(short, max_replications=2, futures=(), workers=workers, progress=progress)
    told = [doubt for name in found.strategies if name != found.baseline for doubt in doubts(found, name)]
    click.echo(f"\nafter {days} days of each strategy:")
    for line in told or ["every strategy does something, and none sends more people to ground that is ours already"]:
        click.echo(f"  {line}")


def print_card(lines: Sequence[Line]) -> None:
    """Print lines as a table, their sources behind them, and how many are warnings."""
    rows = [HEAD, *((line.name, line.value, line.band, line.verdict) for line in lines)]
    widths = [max(len(row[k]) for row in rows) for k in range(3)]
    click.echo("")
    for row, source in zip(rows, ["source", *(line.source for line in lines)], strict=True):
        name, value, band, verdict = row
        cells = f"{name:<{widths[0]}}  {value:>{widths[1]}}  {band:>{widths[2]}}  {verdict}"
        click.echo(f"  {cells}{f'  [{source}]' if source else ''}")
    warnings = sum(line.is_warning for line in lines)
    words = "nothing lies outside" if not warnings else f"{warnings} outside: a warning each, nothing is refused"
    click.echo(f"  {words}")

"""Make the atlas: run what its maps rest on, and write docs/atlas/ and the maps that the package ships.

python -m studies.atlas.make                              everything; finished runs are taken from the store
python -m studies.atlas.make --only roll --steps chart    one principle, one step
python -m studies.atlas.make --steps ""                   runs nothing: pages and pictures again, old ones marked

The steps of a principle, in this order: `matters` (which two of the six unknowns move the difference most; without it
the first two), `chart` (the map), `confirm` (fresh pairs at points drawn where the map is clear), `why` (through what
the difference comes). What has no map yet is named on the index page as not yet asked. Ranges and reasons stand in
scenarios/atlas/matters.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import click

import sim
from sim.questions.atlas.chart import Map, read_map, write_map
from sim.questions.sweeps.load import load_experiment
from sim.questions.sweeps.sweep import How
from sim.runs.store import Store
from studies.atlas import pages, steps
from studies.questions.make import program
from studies.questions.pages import ROOT

PRINCIPLES: Final = (
    "roll",
    "concentrate",
    "attack",
    "stronghold",
    "key_accounts",
    "zero_unvisited",
    "less_stock",
    "better_people",
)
"""In the order of the pages."""
STEPS: Final = ("matters", "chart", "confirm", "why")
SHIPPED: Final = ROOT / "sim" / "questions" / "atlas"
LIMIT: Final = 10_000
"""Runs of a study at most."""
WHY: Final = 3
"""Pairs of runs for each mechanism of the split."""


def known(name: str) -> Map | None:
    """Return the map of a principle, if there is one."""
    file = SHIPPED / f"{name}.json"
    return read_map(file.read_text(encoding="utf-8")) if file.exists() else None


def make(name: str, wanted: set[str], store: Store, workers: int) -> None:
    """Do the steps of one principle, and keep what is found after each."""
    how, words = How(workers=workers, limit=LIMIT), pages.words()[name]
    found = known(name)
    matters = [*found.extra.get("matters", ())] if found else []
    if "matters" in wanted:
        matters = steps.screening(name, store, how)
    if "chart" in wanted:
        stated = [row["path"] for row in steps.ranges_of(name)]
        axes = sorted([row["path"] for row in matters[:2]] or stated[:2], key=stated.index)
        experiment = load_experiment(steps.write_experiment(name, axes))
        began = time.process_time()
        chart, profit = steps.charted(experiment, store, how, words["names"])
        made = {
            "number": PRINCIPLES.index(name),
            "version": sim.__version__,
            "program": program(),
            "fingerprint": steps.mark_of(name),
            "canary": steps.canary(name, chart.between),
            "seconds": round(time.process_time() - began),
        }
        write_map(replace(chart, name=name, made=made, extra={"matters": matters, "profit": profit}), SHIPPED)
    found = known(name)
    if found is None or not wanted & {"confirm", "why"}:
        return
    experiment = load_experiment(steps.FOLDER / "maps" / f"{name}.yaml")
    extra: Mapping[str, Any] = found.extra
    if "confirm" in wanted:
        extra = {**extra, "confirmed": steps.confirmed(experiment, found, store, how)}
    if "why" in wanted:
        extra = {**extra, "why": steps.parts(experiment, found, store, how, WHY)}
    write_map(replace(found, extra=extra), SHIPPED)


@click.command()
@click.option("--only", default="", help="Principles with commas; all when left out.")
@click.option("--steps", "chosen", default=",".join(STEPS), show_default=True, help="Steps with commas.")
@click.option("--workers", default=1, show_default=True, help="Processes.")
def main(only: str, chosen: str, workers: int) -> None:
    """Run what is asked for and write the pages of what is there."""
    names, wanted = _listed(only, PRINCIPLES) or PRINCIPLES, set(_listed(chosen, STEPS))
    with contextlib.closing(Store(Path(ROOT / "results" / "atlas" / program()))) as store:
        for name in names if wanted else ():
            began = time.monotonic()
            make(name, wanted, store, workers)
            click.echo(
                f"{name}: {', '.join(s for s in STEPS if s in wanted)}; {time.monotonic() - began:.0f} s", err=True
            )
    for name in PRINCIPLES:
        if chart := known(name):
            pages.write(chart)
    pages.write_index({name: known(name) for name in PRINCIPLES})


def _listed(text: str, there: tuple[str, ...]) -> tuple[str, ...]:
    names = tuple(part.strip() for part in text.split(",") if part.strip())
    for name in names:
        if name not in there:
            raise click.BadParameter(f"{name}: must be among {', '.join(there)}")
    return names


if __name__ == "__main__":
    main()

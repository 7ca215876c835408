"""What every lever and every switch moves: docs/levers.md, its picture and studies/levers.csv.

    python -m studies.levers                    # all of them, in the district; finished runs are taken from the store
    python -m studies.levers --replications 4   # quicker, wider intervals

Each lever is pulled alone from the first measured day on, by a stated dose; each switch is turned over alone, from the
first day of the burn-in on. Differences are paired on common random numbers. A lever without a dose is refused; where
nothing moves, the page gives the reason of `studies/levers_doses.py`, or says that none is known.
"""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import click
import numpy as np
import pandas as pd

import sim
from sim.engine import Session
from sim.metrics.interval import summarise
from sim.report.drawing import from_top, rows, zero_line
from sim.report.style import GOOD, MUTED, OURS, page, render, styled
from sim.report.words import number
from sim.runs.arms import measured
from sim.runs.cells import Cell, Cells, digest
from sim.runs.execute import execute
from sim.runs.executors import executor_for
from sim.runs.keep import Numbers, Start
from sim.runs.store import Store
from sim.scenario.schema import Scenario
from sim.strategies.plan import BASELINE
from sim.world.levers import LEVERS
from studies.levers_doses import DOSES, SILENT, Dose

ROOT = Path(__file__).parents[1]
PAGE, PICTURE, TABLE = (
    ROOT / "docs" / "levers.md",
    ROOT / "docs" / "images" / "levers.png",
    Path(__file__).parent / "levers.csv",
)
DISTRICT = ROOT / "scenarios" / "questions" / "district.yaml"
KPIS = ("profit_manufacturer", "market_share_units")
REPLICATIONS = 12
DAYS = 182
"""Half a year: long enough for what is ordered, hired or opened to act, and short enough for all of them."""


Pulls = tuple[Dose, ...]
"""What is pulled at once."""


@dataclass(frozen=True)
class Pulled(Numbers):
    """Runs from one burn-in in which levers stand elsewhere from the first measured day on.

    Attributes
    ----------
    pulls : what is pulled in each run.
    """

    part: ClassVar[str] = "levers pulled"
    pulls: tuple[Pulls, ...]

    def key(self, cell: Cell) -> str:
        """Return a digest of the market and of what is pulled."""
        return digest([cell.key, *KPIS, repr(self.pulls)])

    def run(self, cell: Cell, start: Start) -> tuple[float, ...]:
        """Return the KPIs of every run, one run after the other."""
        return tuple(value for doses in self.pulls for value in self._one(start.session(cell), doses))

    def _one(self, session: Session, doses: Pulls) -> Iterator[float]:
        for dose in doses:
            _pull(session, dose)
        session.step(session.calendar.n_days)
        found = measured(session.scenario, session.seed, session.observe(), KPIS, details=False).values
        yield from (found[kpi] for kpi in KPIS)


def _pull(session: Session, dose: Dose) -> None:
    lever, world = LEVERS[dose.lever], session.world
    axis = lever.axes[0] if lever.axes else ""
    ours = {"distributor": np.flatnonzero(world.distributor_company == 0)}.get(
        axis, np.arange(world.sizes.get(axis, 1))
    )
    if axis == "product":
        ours = np.flatnonzero(world.product_company == 0)
    if dose.first:
        ours = ours[: dose.first]
    for row in ours if axis else [None]:
        column = world.columns[lever.column]
        today = float(np.mean(column if row is None else column[row]))
        wanted = {"set": dose.value, "times": today * dose.value, "plus": today + dose.value}[dose.rule]
        value = min(max(wanted, lever.low), lever.high)
        session.pull(dose.lever, value, **({} if row is None else {axis: [int(row)]}))


def switched(scenario: Scenario, name: str) -> Scenario:
    """Return the scenario with one switch turned over."""
    on = getattr(scenario.mechanisms, name)
    return scenario.model_copy(update={"mechanisms": scenario.mechanisms.model_copy(update={name: not on})})


def shortened(scenario: Scenario) -> Scenario:
    """Return the scenario with as many measured days as the page has."""
    return scenario.model_copy(
        update={
            "calendar": scenario.calendar.model_copy(
                update={"duration_days": min(DAYS, scenario.calendar.duration_days)}
            )
        }
    )


def run_all(scenario: Scenario, replications: int, workers: int, store: Store) -> pd.DataFrame:
    """Return the paired differences: kind (lever, switch), name, dose, kpi, replication, value."""
    missing = sorted(set(LEVERS) - {dose.lever for dose, _ in DOSES})
    if missing:
        raise SystemExit(f"no dose in studies/levers_doses.py for: {', '.join(missing)}")
    cells = Cells(scenario)
    arms: list[tuple[str, str, str, Cells, Pulls, Pulls]] = [
        ("lever", dose.lever, dose.text, cells, (*beside, dose), beside) for dose, beside in DOSES
    ]
    for name in type(scenario.mechanisms).model_fields:
        turned = "off" if getattr(scenario.mechanisms, name) else "on"
        arms.append(("switch", name, turned, Cells(switched(scenario, name)), (), ()))
    # the stated market first: all pulls there go on from one burn-in
    pulled: dict[Cells, dict[Pulls, None]] = {cells: {}}
    for *_, group, with_it, without in arms:
        pulled[cells][without] = None
        pulled.setdefault(group, {})[with_it] = None
    found: dict[tuple[int, Pulls, int], tuple[float, ...]] = {}
    with executor_for(workers) as executor:
        for number, (group, pulls) in enumerate(pulled.items(), start=1):
            plan = [(group.cell(BASELINE, r),) for r in range(replications)]
            for cell, values in execute(plan, store, executor, Pulled(tuple(pulls))):
                for k, doses in enumerate(pulls):
                    found[id(group), doses, cell.replication] = values[k * len(KPIS) : (k + 1) * len(KPIS)]
                click.echo(f"market {number} of {len(pulled)}: replication {cell.replication + 1}")
    table = [
        (kind, name, dose, kpi, r, found[id(group), with_it, r][k] - found[id(cells), without, r][k])
        for kind, name, dose, group, with_it, without in arms
        for k, kpi in enumerate(KPIS)
        for r in range(replications)
    ]
    return pd.DataFrame(table, columns=["kind", "name", "dose", "kpi", "replication", "value"])


def effects(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row a lever and switch: profit and share with their intervals, and whether anything moves."""
    found = summarise(table, ["kind", "name", "dose", "kpi"])
    wide = found.pivot_table(index=["kind", "name", "dose"], columns="kpi", values=["mean", "low", "high"], sort=False)
    out = pd.DataFrame(
        {
            f"{short}_{part}": wide[part][kpi]
            for short, kpi in zip(("profit", "share"), KPIS, strict=True)
            for part in ("mean", "low", "high")
        }
    )
    moves = table.assign(moves=table["value"] != 0.0).groupby(["kind", "name", "dose"], sort=False)["moves"].any()
    out["moves"] = moves
    seen = (np.sign(out["profit_low"]) == np.sign(out["profit_high"])) & (out["profit_mean"] != 0.0)
    out["seen"] = seen | ((np.sign(out["share_low"]) == np.sign(out["share_high"])) & (out["share_mean"] != 0.0))
    return out.reset_index()


def lines(table: pd.DataFrame, replications: int, currency: str) -> Iterator[str]:
    """Yield the page."""
    yield from (
        "# What each lever and each switch moves",
        "",
        "Written by `python -m studies.levers`; do not edit.",
        "",
        f"In `scenarios/questions/district.yaml`, {replications} pairs of {DAYS} days on common random numbers.",
        "A lever is pulled alone from the first measured day on; a switch is turned over alone, from the first day of",
        "the burn-in on. Intervals are 95 % of one comparison each, without correction for their number: of a hundred",
        "that move nothing, five would seem to.",
        "",
        "![Effect of each lever on profit](images/levers.png)",
    )
    for kind, title in (("lever", "Levers"), ("switch", "Switches")):
        yield from (
            "",
            f"## {title}",
            "",
            f"| {kind} | dose | profit [{currency}] | market share [points] | |",
            "| -- | -- | -- | -- | -- |",
        )
        for row in table[table["kind"] == kind].to_dict("records"):
            money = _interval(row, "profit", 1.0, number)
            share = _interval(row, "share", 100.0, lambda v: f"{v:.2f}".replace("-", "−"))
            yield f"| `{row['name']}` | {row['dose']} | {money} | {share} | {_remark(row)} |"


def _remark(row: dict[Any, Any]) -> str:
    if row["seen"]:
        return ""
    reason = SILENT.get(str(row["name"]), "")
    if not row["moves"]:
        return f"nothing moves: {reason or 'no reason is known'}"
    return reason or "no difference seen"


def _interval(row: dict[Any, Any], what: str, factor: float, show: Callable[[float], str]) -> str:
    mean, low, high = (row[f"{what}_{part}"] * factor for part in ("mean", "low", "high"))
    return "0" if mean == low == high == 0.0 else f"{'+' if mean > 0 else ''}{show(mean)} [{show(low)}, {show(high)}]"


@styled
def drawn(table: pd.DataFrame, replications: int, currency: str) -> Any:
    """Return the picture: levers by their effect on profit."""
    levers = table[table["kind"] == "lever"].sort_values("profit_mean", ascending=False)
    fig = page(
        "What each lever moves",
        f"Profit against the baseline [{currency}], 95 % intervals, {replications} pairs of runs",
        height=1.6 + 0.2 * len(levers),
        note="Doses stand in the table; they are not equally dear.",
    )
    axes, y = fig.add_subplot(), from_top(len(levers))
    colours = [
        GOOD if high > 0 and low > 0 else OURS if high < 0 and low < 0 else MUTED
        for low, high in levers[["profit_low", "profit_high"]].to_numpy()
    ]
    axes.hlines(y, levers["profit_low"], levers["profit_high"], color=colours, linewidth=2)
    axes.scatter(levers["profit_mean"], y, color=colours, s=18, zorder=3)
    axes.set_xscale("symlog", linthresh=max(1000.0, float(levers["profit_mean"].abs().quantile(0.3))))
    zero_line(axes)
    rows(axes, y.tolist(), [name.replace("_", " ") for name in levers["name"]])
    axes.set_ylim(-1, len(levers))
    return fig


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what is missing, write table, picture and page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--replications", type=int, default=REPLICATIONS)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args(arguments)
    scenario = shortened(sim.load(str(DISTRICT)))
    with contextlib.closing(Store(ROOT / "results" / "store")) as store:
        table = effects(run_all(scenario, given.replications, given.workers, store))
    table.to_csv(TABLE, index=False, float_format="%.6g")
    PICTURE.write_bytes(render(drawn(table, given.replications, scenario.currency), "png"))
    PAGE.write_text("\n".join(lines(table, given.replications, scenario.currency)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

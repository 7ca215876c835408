"""What each strategy did, where and when: from the notes of head office, in plain words, beside the baseline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final

import numpy as np
import pandas as pd

from sim.metrics.position import STABLE_SHARE
from sim.questions.compare import Comparison
from sim.report.words import number, percent, short
from sim.scenario.futures import PRESENT
from sim.scenario.schema import Scenario
from sim.world.levers import LEVERS

BUDGET, LEVER, EVENT = "budget", "lever", "event"
MOST_PLACES: Final = 4
"""So many territories are named in a line; the others are counted."""

SAID: Final = {
    "gate_missed": "the marks for the next stage are missed",
    "stage_retreated": "given up",
    "stage_replicate": "won; its people teach others",
    "wave_opened": "a wave begins",
    "chosen": "chosen to concentrate on",
    "attacked": "chosen for the attack",
    "no_target": "no rival is worth an attack",
    "alarm": "the stronghold is threatened",
    "core_chosen": "core distributors chosen",
    "dismissed": "a distributor's contract is ended",
    "sign_of_diversion": "signs of grey goods",
    "census_ended": "the survey is done",
    "unvisited": "outlets not visited",
    "advisors_short": "fewer advisors than wanted",
    "advisor_hired": "advisors hired",
    "advisor_left": "advisors left",
    "advisor_moved": "advisors moved here",
    "census": "outlets surveyed",
    "exclusive_signed": "exclusive agreements signed",
    "distributor_signed": "distributors signed",
    "distributor_dismissed": "distributors dismissed",
    "distributor_poached": "distributors won from another company",
    "rival_answer": "answers of rivals",
    "rival_campaign": "campaigns of rivals",
}
"""Notes and events in plain words; what is not here is said as it is called."""


def deeds_of(comparison: Comparison, strategy: str, replication: int = 0) -> pd.DataFrame:
    """Return what a strategy did in one replication of the stated world and the baseline did not.

    Returns
    -------
    Columns day, part, note, territory, value: a lever's value is its distance from the baseline, 0 where it goes back.
    """
    table = comparison.arms.decisions
    table = table[(table["future"] == PRESENT) & (table["replication"] == replication) & (table["part"] != BUDGET)]
    columns = ["day", "part", "note", "territory", "value"]
    own = table.loc[table["strategy"] == strategy, columns]
    base = table.loc[table["strategy"] == comparison.baseline, columns]
    both = own.merge(base.drop_duplicates(), how="left", on=columns, indicator=True)
    return both.loc[both["_merge"] == "left_only", columns].reset_index(drop=True)


def deed_lines(comparison: Comparison, strategy: str) -> list[str]:
    """Return the timeline of a strategy for people: one line a day and thing, territories together."""
    names, deeds = place_names(comparison.scenario), deeds_of(comparison, strategy)
    if deeds.empty:
        return [f"{'':10}  nothing that the baseline does not do"]
    lines = []
    for day, today in deeds.groupby("day", sort=True):
        date = comparison.scenario.calendar.start_date + timedelta(days=int(str(day)))
        told = [
            text
            for (part, note), rows in today.groupby(["part", "note"], sort=False)
            for text in _told(str(part), str(note), rows, names, comparison.scenario.currency)
        ]
        lines += [f"{date:%Y-%m-%d}  {told[0]}", *(f"            {text}" for text in told[1:])]
    return lines


def _told(part: str, note: str, rows: pd.DataFrame, names: Mapping[str, str], currency: str) -> Iterator[str]:
    if part != LEVER:
        many = float(rows["value"].sum()) if part == EVENT else 0.0
        count = f" ({number(many)})" if part == EVENT else ""
        yield f"{_words(note)}{count}{_where(rows, names)}"
        return
    lever = LEVERS[note]
    what = note.removesuffix("_cents").replace("_", " ")
    money = lever.unit.startswith("cents")
    unit = lever.unit.replace("cents", currency).replace("/month", " a month") if lever.unit not in ("1", "-") else ""
    for sign, same in rows.groupby(np.sign(rows["value"]), sort=False):
        if sign == 0.0:
            yield f"{what}: as in the baseline again{_where(same, names)}"
        elif lever.choices is not None or lever.unit == "-":
            yield f"{what}: set otherwise than in the baseline{_where(same, names)}"
        else:
            sizes = same["value"].abs() / (100.0 if money else 1.0)
            ends = dict.fromkeys(number(size) for size in (sizes.min(), sizes.max()))
            size = ("+" if sign > 0 else "−") + " to ".join(ends)
            yield f"{what}: {size} {unit}".rstrip() + _where(same, names)


def _words(note: str) -> str:
    stage = note.removeprefix("stage_")
    return SAID.get(note, f"stage '{stage}' begins" if stage != note else note.replace("_", " "))


def _where(rows: pd.DataFrame, names: Mapping[str, str]) -> str:
    places = [short(names.get(str(t), str(t)), 20) for t in dict.fromkeys(rows["territory"]) if str(t)]
    if not places:
        return ""
    more = len(places) - MOST_PLACES
    listed = ", ".join(places[:MOST_PLACES])
    return f" in {listed}" + (f" and {more} more" if more > 0 else "")


def place_names(scenario: Scenario) -> dict[str, str]:
    """Return the shown name of each territory that has one."""
    return {place.id: place.name or place.id for place in scenario.territories.list}


def doubts(comparison: Comparison, strategy: str) -> list[str]:
    """Return what its author may not have meant: a strategy that does nothing, or that works on ground that is ours."""
    deeds = deeds_of(comparison, strategy)
    if deeds.empty:
        return [f"{strategy} does nothing that {comparison.baseline} does not do"]
    more = deeds[(deeds["part"] == LEVER) & (deeds["note"] == "advisors") & (deeds["value"] > 0.0)]
    table = comparison.arms.territories
    table = table[(table["strategy"] == comparison.baseline) & (table["kpi"] == "market_share_units")]
    share = table[table["future"] == PRESENT].groupby("territory", observed=True)["value"].mean()
    names = place_names(comparison.scenario)
    return [
        f"{strategy} sends more advisors to {names.get(place, place)}, where we hold {percent(share[place], 0)} "
        "without it; name the territories that are meant with `only:`"
        for place in dict.fromkeys(more["territory"])
        if place in share.index and share[place] >= STABLE_SHARE
    ]

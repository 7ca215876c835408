"""What pictures and pages need of a result: measured days, spans in words, names as people know them, colours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from sim.ledger.result import RunResult
from sim.metrics.weeks import bin_days
from sim.report.style import brand_colours
from sim.report.words import short


def table(result: RunResult, name: str, needed: Sequence[str] = ()) -> pd.DataFrame:
    """Return a table of the result, or an empty one with the needed columns when it is absent."""
    found = result.tables.get(name)
    if found is None or not set(needed) <= set(found.columns):
        return pd.DataFrame(columns=["replication", *needed])
    return found


def measured(result: RunResult, name: str, needed: Sequence[str] = ()) -> pd.DataFrame:
    """Return the rows of a daily table after the burn-in."""
    frame = table(result, name, ["day", *needed])
    return frame[frame["day"] >= 0] if len(frame) else frame


def of_ours(result: RunResult, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a table that are about our company."""
    return rows[rows["company"] == ours(result)]


def sums_of(result: RunResult, rows: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Return the sums of columns in each replication, 0 where a replication has no row."""
    return rows.groupby("replication")[list(columns)].sum().reindex(replications(result)).fillna(0)


def replications(result: RunResult) -> list[int]:
    """Return the replication numbers, in order."""
    market = table(result, "market", ["day"])
    return sorted(int(r) for r in market["replication"].unique()) if len(market) else [0]


def n_replications(result: RunResult) -> int:
    """Return the number of replications of which there are numbers."""
    return len(replications(result)) if len(table(result, "market", ["day"])) else max(len(list(result.seeds)), 1)


def ours(result: RunResult) -> str:
    """Return our company's id."""
    return result.scenario.ours.id


def dates(start: date, days: Iterable[float]) -> list[date]:
    """Return calendar dates of days counted from the start of the measured span."""
    return [start + timedelta(days=int(d)) for d in days]


def day_of(result: RunResult, day: float) -> date:
    """Return the calendar date of a day."""
    return dates(result.scenario.calendar.start_date, [day])[0]


def every(result: RunResult) -> str:
    """Return "week" or "day": what one point on a time axis stands for."""
    return "week" if bin_days(result) == 7 else "day"


def interval_note(n: int) -> str:
    """Say how many replications there are and what the bands mean."""
    return f"mean of {n} replications, with 95 % intervals" if n > 1 else "one replication: no interval"


def span_text(result: RunResult) -> str:
    """Return the measured span in words."""
    market = table(result, "market", ["day"])
    last = int(market["day"].max()) if len(market) else result.scenario.calendar.duration_days - 1
    return f"{day_of(result, 0).isoformat()} to {day_of(result, max(last, 0)).isoformat()}"


def subtitle(result: RunResult, what: str) -> str:
    """Return the line under a heading: what is shown, the span, the replications."""
    return f"{what}; {span_text(result)}; {interval_note(n_replications(result))}"


def named(ids: Iterable[object], names: Iterable[object]) -> dict[str, str]:
    """Return id → name; the id itself where there is no name."""
    return {str(i): str(n) if isinstance(n, str) and n else str(i) for i, n in zip(ids, names, strict=True)}


def _places(result: RunResult, kind: str) -> dict[str, str]:
    places = table(result, "geography", ["kind", "id", "name"])
    rows = places[places["kind"] == kind]
    return named(rows["id"], rows["name"])


def territory_names(result: RunResult) -> dict[str, str]:
    """Return territory id → name, in the order of the geography, with any that only the tables know at the end."""
    known = _places(result, "territory")
    return known | {str(t): str(t) for t in table(result, "market", ["territory"])["territory"].unique()} | known


def company_names(result: RunResult) -> dict[str, str]:
    """Return company id → name."""
    known = {c.id: c.name or c.id for c in (result.scenario.ours, *result.scenario.rivals.list)}
    return {str(c): str(c) for c in table(result, "constants", ["company"])["company"].unique()} | known


def advisor_names(result: RunResult) -> dict[str, str]:
    """Return advisor id → name; people of one name are told apart by their id."""
    known = {str(a): str(a) for a in table(result, "advisor", ["advisor"])["advisor"].unique()}
    known |= _places(result, "advisor_home") | {a.id: a.name for a in result.scenario.team.list if a.name}
    twice = {name for name, count in Counter(known.values()).items() if count > 1}
    return {a: f"{name} ({a})" if name in twice else name for a, name in known.items()}


@dataclass(frozen=True)
class Brands:
    """How brands appear in a picture.

    Attributes
    ----------
    ours : our brands, the largest first.
    labels : brand → label, ours first, then rivals by units sold.
    colours : brand → colour, the same in every picture of a result.
    """

    ours: tuple[str, ...]
    labels: dict[str, str]
    colours: dict[str, str]


def brands_of(result: RunResult) -> Brands:
    """Return the brands of a result; labels say which are ours, and whose a brand is where the names differ."""
    owners, companies = _owners(result), company_names(result)
    labels = {}
    for brand, company in owners.items():
        owner = companies.get(company, company)
        extra = "ours" if company == ours(result) else ("" if owner == brand else owner)
        labels[brand] = short(f"{brand} ({extra})" if extra and extra != brand else brand, 26)
    own = tuple(brand for brand, company in owners.items() if company == ours(result))
    return Brands(own, labels, brand_colours(own, list(owners)))


def _owners(result: RunResult) -> dict[str, str]:
    """Return brand → company, ours first, then by units sold."""
    rows = table(result, "market", ["brand", "company", "sell_out_units"])
    if len(rows):
        rows = rows.groupby(["brand", "company"], observed=True)["sell_out_units"].sum().reset_index()
        rows["rival"] = rows["company"] != ours(result)
        rows = rows.sort_values(["rival", "sell_out_units", "brand"], ascending=[True, False, True])
    else:
        rows = table(result, "constants", ["brand", "company"])
    return {str(b): str(c) for b, c in zip(rows["brand"], rows["company"], strict=True)}

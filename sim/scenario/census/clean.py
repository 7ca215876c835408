"""From text cells to clean outlets: each class of mistake is refused, dropped or filled as the scenario says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.errors import InputError, Problem
from sim.scenario.census.read import ColumnChoice, RawCensus, choose_columns, read_file, read_frame
from sim.scenario.census.work import COLUMNS, NO_OPENING_DAY, SHOWN, Bench, CensusNote, CensusTable, booleans
from sim.scenario.geography import OUTSIDE, Booleans, Floats, Integers, areas_of, locate, nearest_area, projection_of
from sim.scenario.names import distributor_ids, product_ids
from sim.scenario.schema import Scenario
from sim.scenario.schema.place import CensusSpec

LARGEST_SIZE = 1e7
FARTHEST_KM = 20_000.0
NOTHING = frozenset({"", "-", "—", "/", "n/a", "na", "nan", "null", "none", "无", "未知"})
CHANNEL_WORDS: Mapping[str, tuple[str, ...]] = {
    "hypermarket": ("大卖场", "卖场", "hyper"),
    "supermarket": ("超市", "中型超市", "super"),
    "convenience": ("便利店", "便利", "cvs"),
    "traditional": ("传统", "传统店", "食杂店", "杂货店", "小店", "夫妻店"),
    "catering": ("餐饮", "餐饮店", "餐馆", "饭店"),
}


def load_census(spec: CensusSpec, scenario: Scenario, frame: pd.DataFrame | None = None) -> CensusTable:
    """Read a census and return its clean outlets.

    Parameters
    ----------
    spec : what the scenario says of the file: path, column names, what to do with what is missing.
    scenario : gives the territories, channels, products and distributors that rows may name.
    frame : stands in for the file.

    Raises
    ------
    InputError
        With every class of mistake that the scenario does not say how to treat: file, first row, column, value, number
        of rows, the first five of them, and the nearest valid name.
    """
    raw = read_file(spec) if frame is None else read_frame(frame)
    in_degrees = projection_of(scenario) is not None
    choice = choose_columns([str(name) for name in raw.cells.columns], spec, raw.file, in_degrees)
    if choice.problems:
        raise InputError(choice.problems)
    bench = _bench(raw, choice)
    columns = _clean(bench, spec, scenario, in_degrees)
    if not bench.problems and not bench.kept.any():
        bench.problems.append(Problem(raw.file, 0, "census", "no outlet", "must have at least one usable row"))
    if bench.problems:
        raise InputError(bench.problems)
    table = pd.DataFrame({name: columns[name] for name in COLUMNS})[bench.kept].reset_index(drop=True)
    return CensusTable(table, tuple(bench.notes))


def _bench(raw: RawCensus, choice: ColumnChoice) -> Bench:
    cells = pd.DataFrame({ours: raw.cells[theirs].astype(object).str.strip() for ours, theirs in choice.ours.items()})
    n = len(cells)
    bench = Bench(raw.file, cells, np.arange(raw.first_row, raw.first_row + n), np.ones(n, dtype=bool))
    if choice.unread:
        bench.notes.append(CensusNote("unread column", len(choice.unread), (), ", ".join(choice.unread)))
    bench.drop(booleans((cells == "").all(axis=1)), "empty row")
    return bench


def _clean(bench: Bench, spec: CensusSpec, scenario: Scenario, in_degrees: bool) -> dict[str, Any]:
    _check_ids(bench, spec, scenario)
    channel = _channels(bench, spec, scenario)
    x, y = _positions(bench, scenario, in_degrees)
    territory = _territories(bench, spec, scenario, x, y)
    distributor = _known(bench, "distributor", distributor_ids(scenario), "a distributor of the scenario")
    listings = _listings(bench, scenario)
    opening = _opening_days(bench, scenario)
    # Last, because medians are taken over the rows that stay.
    size = _sizes(bench, spec, channel)
    names = bench.column("name").where(bench.column("name") != "", bench.column("outlet_id"))
    values = (bench.column("outlet_id"), names, x, y, channel, size, territory, distributor, listings, opening)
    return dict(zip(COLUMNS, values, strict=True))


def _check_ids(bench: Bench, spec: CensusSpec, scenario: Scenario) -> None:
    ids = bench.column("outlet_id")
    empty = booleans(ids == "")
    bench.refuse(empty, "outlet_id", "every outlet needs an id of its own")
    again = booleans(ids.duplicated(keep="first")) & ~empty
    if spec.duplicates == "keep_first":
        bench.drop(again, "repeated outlet_id", "dropped, the first is kept")
    else:
        remedy = "outlets.census.duplicates: keep_first keeps the first"
        bench.refuse(again, "outlet_id", "stands in an earlier row already", remedy)
    elsewhere = [outlet.outlet_id for outlet in scenario.outlets.list]
    generator = scenario.outlets.generate
    if generator is not None:
        elsewhere += [f"O{k + 1:06d}" for k in range(generator.n)]
    bench.refuse(booleans(ids.isin(elsewhere)), "outlet_id", "is the id of a listed or generated outlet already")


def _channels(bench: Bench, spec: CensusSpec, scenario: Scenario) -> pd.Series[str]:
    known = list(scenario.retail.channels)
    words = {word: name for name, others in CHANNEL_WORDS.items() if name in known for word in others}
    words |= {name.casefold(): name for name in known}
    words |= {theirs.strip().casefold(): name for theirs, name in spec.channels.items()}
    cells = bench.column("channel")
    channel = cells.str.casefold().map(words)
    unknown = booleans(channel.isna())
    if spec.unknown_channel == "error":
        remedy = "translate it under outlets.census.channels, or set outlets.census.unknown_channel"
        bench.refuse_names(cells, unknown, "channel", known, "a channel of retail.channels", remedy)
    elif spec.unknown_channel == "drop":
        bench.drop(unknown, "unknown channel")
    else:
        bench.note(unknown, "unknown channel", f"taken as {spec.unknown_channel}")
        channel = channel.fillna(spec.unknown_channel)
    return channel.fillna("")


def _positions(bench: Bench, scenario: Scenario, in_degrees: bool) -> tuple[Floats, Floats]:
    """Return positions in kilometres; not a number where a row has none."""
    names, limits, unit = (
        (("lon", "lat"), (180.0, 85.0), "degrees")
        if in_degrees
        else (("x_km", "y_km"), (FARTHEST_KM, FARTHEST_KM), "km")
    )
    values = []
    for name, limit in zip(names, limits, strict=True):
        value = _numbers(bench.column(name))
        impossible = ~(np.abs(value) <= limit)
        bench.refuse(impossible, name, f"must be a number from {-limit:g} to {limit:g} ({unit})")
        values.append(np.where(impossible, np.nan, value))
    projection = projection_of(scenario)
    return (values[0], values[1]) if projection is None else projection.to_km(values[0], values[1])


def _numbers(cells: pd.Series[str]) -> Floats:
    """Read numbers; not a number where a cell is none, infinite ones included."""
    value = pd.to_numeric(cells, errors="coerce").to_numpy(dtype=float)
    return np.where(np.isfinite(value), value, np.nan)


def _territories(bench: Bench, spec: CensusSpec, scenario: Scenario, x: Floats, y: Floats) -> pd.Series[str]:
    areas = areas_of(scenario)
    ids = [area.id for area in areas]
    # An id wins over a name of another territory that reads the same.
    words = {territory.name: territory.id for territory in scenario.territories.list if territory.name}
    words |= {name: name for name in ids}
    cells = bench.column("territory")
    stated = booleans(cells != "")
    territory = cells.map(words)
    bench.refuse_names(cells, stated & booleans(territory.isna()), "territory", list(words), "a territory")
    row = locate(areas, x, y)
    lost = (row == OUTSIDE) & ~stated & ~np.isnan(x) & ~np.isnan(y)
    if spec.outside == "nearest":
        row[lost] = nearest_area(areas, x[lost], y[lost])
        bench.note(lost, "outlet outside every territory", "given to the nearest")
    elif spec.outside == "drop":
        bench.drop(lost, "outlet outside every territory")
    else:
        _refuse_lost(bench, lost, "lon" if "lon" in bench.cells else "x_km")
    found = pd.Series(np.array([*ids, ""], dtype=object)[row], index=cells.index)
    return territory.where(stated, found).fillna("")


def _refuse_lost(bench: Bench, lost: Booleans, column: str) -> None:
    remedy = "outlets.census.outside: drop or nearest treats them, a territory column states it"
    bench.refuse(lost, column, "must lie in a territory", remedy)


def _known(bench: Bench, column: str, valid: Sequence[str], what: str) -> pd.Series[str]:
    cells = bench.column(column)
    unknown = booleans(cells != "") & ~booleans(cells.isin(list(valid)))
    bench.refuse_names(cells, unknown, column, valid, what)
    return cells


def _listings(bench: Bench, scenario: Scenario) -> pd.Series[Any]:
    """Split product ids at semicolons; an empty cell says nothing (None), a dash says that nothing is listed."""
    cells = bench.column("listings")
    # Outlets share few different assortments, so each is split once.
    split = {cell: _products(cell) for cell in cells.unique()}
    valid = product_ids(scenario)
    known = set(valid)
    unknown = dict.fromkeys(name for names in split.values() for name in names or () if name not in known)
    for product in list(unknown)[:SHOWN]:
        having = booleans(cells.map(lambda cell, name=product: name in (split[cell] or ())))
        named = pd.Series(product, index=cells.index, dtype=object)
        bench.refuse_names(named, having, "listings", valid, "product ids separated by semicolons")
    if len(unknown) > SHOWN:
        allowed = f"must be product ids separated by semicolons; {len(unknown) - SHOWN} more unknown products"
        bench.problems.append(Problem(bench.file, 0, "listings", "further values", allowed))
    return pd.Series([split[cell] for cell in cells], index=cells.index, dtype=object)


def _products(cell: str) -> tuple[str, ...] | None:
    if not cell:
        return None
    if cell.casefold() in NOTHING:
        return ()
    parts = cell.replace("；", ";").replace("|", ";").split(";")
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _opening_days(bench: Bench, scenario: Scenario) -> Integers:
    cells = bench.column("opening_date")
    if "opening_date" not in bench.cells:
        return np.full(len(cells), NO_OPENING_DAY, dtype=np.int64)
    written = (
        cells.str.replace(r"[/.年月]", "-", regex=True).str.replace("日", "").str.replace(r"[ T].*$", "", regex=True)
    )
    dates = pd.to_datetime(written, format="%Y-%m-%d", errors="coerce")
    bench.refuse(booleans((cells != "") & dates.isna()), "opening_date", "must be a date such as 2026-01-05")
    days = (dates - pd.Timestamp(scenario.calendar.start_date)).dt.days
    return np.asarray(days.fillna(NO_OPENING_DAY), dtype=np.int64)


def _sizes(bench: Bench, spec: CensusSpec, channel: pd.Series[str]) -> Floats:
    cells = bench.column("size")
    size = _numbers(cells)
    absent = booleans(cells.str.casefold().isin(NOTHING)) | (size == 0.0)
    # A negative or unreadable size is a slip that nobody should paper over with a median.
    allowed = f"must be a number above 0 and at most {LARGEST_SIZE:g} (size units)"
    bench.refuse(~absent & ~((size > 0.0) & (size <= LARGEST_SIZE)), "size", allowed)
    absent &= bench.kept
    if spec.missing_size == "error":
        remedy = "outlets.census.missing_size: drop, median or channel_median treats missing and zero sizes"
        bench.refuse(absent, "size", "must be above 0 (size units)", remedy)
    elif spec.missing_size == "drop":
        bench.drop(absent, "missing size")
    else:
        size = _filled(bench, spec, size, absent, channel)
    return size


def _filled(bench: Bench, spec: CensusSpec, size: Floats, absent: Booleans, channel: pd.Series[str]) -> Floats:
    """Fill missing sizes by a median of the kept ones; channels without any take the median of all."""
    usable = pd.Series(size).where(bench.kept & ~absent & (size > 0.0))
    median = usable.median()
    fill = pd.Series(median, index=usable.index)
    words = "filled with the median"
    if spec.missing_size == "channel_median":
        fill = usable.groupby(channel.to_numpy()).transform("median").fillna(median)
        words = "filled with the median of the channel"
    if np.isnan(median):
        bench.refuse(absent, "size", "must be above 0 in some row, to take a median of")
    bench.note(absent, "missing size", words)
    return np.where(absent, fill.to_numpy(dtype=float), size)

"""Which column of a census file is which of ours: the scenario's mapping first, then well-known other names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sim.errors import Problem, nearest_name
from sim.scenario.schema.place import CensusSpec

ALIASES: Mapping[str, tuple[str, ...]] = {
    "outlet_id": (
        "id", "outlet", "outlet_code", "outlet_no", "code", "store_id", "shop_id", "store_code",
        "编号", "编码", "门店编号", "门店编码", "终端编号", "终端编码", "网点编号", "客户编号",
    ),
    "name": ("outlet_name", "store_name", "shop_name", "名称", "门店名称", "终端名称", "网点名称", "客户名称", "店名"),
    "x_km": ("x",),
    "y_km": ("y",),
    "lon": ("lng", "long", "longitude", "经度"),
    "lat": ("latitude", "纬度"),
    "channel": ("channel_type", "outlet_type", "store_type", "type", "渠道", "渠道类型", "业态", "类型"),
    "size": ("area", "store_size", "shoppers", "面积", "营业面积", "规模"),
    "territory": ("territory_id", "region", "county", "district", "区域", "区县", "片区"),
    "distributor": ("distributor_id", "dealer", "经销商", "经销商编号"),
    "listings": ("sku_listings", "listed", "skus", "products", "铺货", "在售产品", "产品"),
    "opening_date": ("open_date", "opened", "opening", "date_opened", "开业日期", "开业时间"),
}  # fmt: skip
REQUIRED = ("outlet_id", "name", "channel", "size")
PLANE, GLOBE = ("x_km", "y_km"), ("lon", "lat")


@dataclass
class ColumnChoice:
    """The outcome of `choose_columns`.

    Attributes
    ----------
    ours : our column → its name in the file.
    unread : columns of the file that are not read.
    problems : what is wrong with the header or the mapping.
    """

    ours: dict[str, str] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def normal(name: str) -> str:
    """Write a header as it is compared: lower case, words joined by underscores."""
    return "_".join(name.strip().casefold().replace("-", " ").replace("_", " ").split())


def choose_columns(header: Sequence[str], spec: CensusSpec, file: str, in_degrees: bool) -> ColumnChoice:
    """Find our columns among the file's.

    Parameters
    ----------
    header : names in the file.
    spec : the scenario's `columns` mapping and its rule for further columns.
    file : the census, for problems.
    in_degrees : whether territories are in longitude and latitude; outlets must be in the same.
    """
    choice = ColumnChoice()
    _stated(choice, header, spec, file)
    _recognised(choice, header, file)
    _position(choice, file, in_degrees)
    for name in REQUIRED:
        if name not in choice.ours and not any(problem.field == name for problem in choice.problems):
            choice.problems.append(_absent(name, header, choice, file))
    if spec.extra_columns == "error":
        _refuse_unread(choice, file)
    return choice


def _stated(choice: ColumnChoice, header: Sequence[str], spec: CensusSpec, file: str) -> None:
    for ours, theirs in spec.columns.items():
        if ours not in ALIASES:
            near = nearest_name(ours, ALIASES)
            allowed = f"must be one of our columns: {', '.join(ALIASES)}"
            choice.problems.append(Problem(file, 0, f"outlets.census.columns.{ours}", f"'{ours}'", allowed, near))
        elif theirs not in header:
            near = nearest_name(theirs, header)
            allowed = f"must be a column of the file: {', '.join(header)}"
            choice.problems.append(Problem(file, 1, ours, f"'{theirs}'", allowed, near))
        else:
            choice.ours[ours] = theirs


def _recognised(choice: ColumnChoice, header: Sequence[str], file: str) -> None:
    known = {normal(alias): ours for ours, aliases in ALIASES.items() for alias in (ours, *aliases)}
    taken = set(choice.ours.values())
    stated = set(choice.ours)
    for theirs in header:
        if theirs in taken:
            continue
        ours = known.get(normal(theirs))
        if ours is None or ours in stated:
            choice.unread.append(theirs)
        elif ours in choice.ours:
            allowed = f"both '{choice.ours[ours]}' and '{theirs}' may be it; say which under outlets.census.columns"
            choice.problems.append(Problem(file, 1, ours, "two columns", allowed))
        else:
            choice.ours[ours] = theirs


def _position(choice: ColumnChoice, file: str, in_degrees: bool) -> None:
    """Keep the pair of columns that the territories are in, and complain when it is not there."""
    wanted, other = (GLOBE, PLANE) if in_degrees else (PLANE, GLOBE)
    missing = [name for name in wanted if name not in choice.ours]
    has_other = all(name in choice.ours for name in other)
    if missing and has_other:
        theirs = "longitude and latitude" if in_degrees else "kilometres (x_km, y_km)"
        allowed = f"must be in {theirs}, like the territories; the two cannot be mixed"
        choice.problems.append(Problem(file, 1, other[0], f"'{choice.ours[other[0]]}'", allowed))
    elif missing:
        for name in missing:
            choice.problems.append(Problem(file, 1, name, "missing", "this column is required"))
    for name in other:
        if name in choice.ours:
            choice.ours.pop(name)


def _absent(name: str, header: Sequence[str], choice: ColumnChoice, file: str) -> Problem:
    candidates = {normal(column): column for column in header if column in choice.unread}
    near = candidates.get(nearest_name(normal(name), candidates), "")
    allowed = "this column is required; if it has another name, say so under outlets.census.columns"
    return Problem(file, 1, name, "missing", allowed, near)


def _refuse_unread(choice: ColumnChoice, file: str) -> None:
    free = [name for name in ALIASES if name not in choice.ours]
    for theirs in choice.unread:
        near = nearest_name(normal(theirs), free)
        allowed = (
            "is not a known column; name it under outlets.census.columns, remove it, "
            "or set outlets.census.extra_columns: ignore"
        )
        choice.problems.append(Problem(file, 1, theirs, "unknown column", allowed, near))

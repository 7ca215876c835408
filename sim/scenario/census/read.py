"""Reading a census: whatever file it comes in, a frame of text, '' where nothing stands; and which column is which.

Columns are found by the scenario's own mapping first, then by well-known other names.
"""

from __future__ import annotations

import datetime
import io
import math
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from sim.errors import InputError, Problem, nearest_name
from sim.scenario.schema.place import CensusSpec

_ALIASES = {
    "outlet_id": "id outlet outlet_code outlet_no code store_id shop_id store_code "
    "编号 编码 门店编号 门店编码 终端编号 终端编码 网点编号 客户编号",
    "name": "outlet_name store_name shop_name 名称 门店名称 终端名称 网点名称 客户名称 店名",
    "x_km": "x",
    "y_km": "y",
    "lon": "lng long longitude 经度",
    "lat": "latitude 纬度",
    "channel": "channel_type outlet_type store_type type 渠道 渠道类型 业态 类型",
    "size": "area store_size shoppers 面积 营业面积 规模",
    "territory": "territory_id region county district 区域 区县 片区",
    "distributor": "distributor_id dealer 经销商 经销商编号",
    "listings": "sku_listings listed skus products 铺货 在售产品 产品",
    "opening_date": "open_date opened opening date_opened 开业日期 开业时间",
}
ALIASES: Mapping[str, tuple[str, ...]] = {ours: tuple(others.split()) for ours, others in _ALIASES.items()}
REQUIRED = ("outlet_id", "name", "channel", "size")
PLANE, GLOBE = ("x_km", "y_km"), ("lon", "lat")
ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True)
class RawCensus:
    """Cells as text.

    Attributes
    ----------
    file : what to call the source in problems.
    cells : one row an outlet, text in every cell.
    first_row : number of the first data row (2 below a header in a sheet, 1 in Parquet and frames).
    """

    file: str
    cells: pd.DataFrame
    first_row: int


def read_file(spec: CensusSpec) -> RawCensus:
    """Read the census file that a scenario names; the extension decides how.

    Raises
    ------
    InputError
        When there is no such file, its kind is unknown, or it cannot be read.
    """
    suffix = Path(spec.path).suffix.lower()
    reader = READERS.get(suffix)
    if reader is None:
        near = nearest_name(suffix, READERS)
        allowed = f"the extension must be one of {', '.join(READERS)}"
        raise _refused(spec, "outlets.census.path", suffix or "no extension", allowed, near)
    if not Path(spec.path).is_file():
        raise _refused(spec, "outlets.census.path", "not found", "must be an existing file")
    return reader(spec)


def read_frame(frame: pd.DataFrame) -> RawCensus:
    """Take a pandas frame as census."""
    cells = pd.DataFrame({str(name): frame[name].map(text).astype(object) for name in frame.columns})
    return RawCensus("census frame", cells.reset_index(drop=True), 1)


def text(value: Any) -> str:
    """Write a cell as text: whole floats (spreadsheets know no others) without '.0', dates as ISO."""
    if value is None or value is pd.NaT or value is pd.NA:
        return ""
    if isinstance(value, float):
        return _float_text(value)
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(sep=" ")
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value)


def _float_text(value: float) -> str:
    if math.isnan(value):
        return ""
    return str(int(value)) if math.isfinite(value) and value == int(value) else repr(float(value))


def _read_csv(spec: CensusSpec) -> RawCensus:
    content = _decoded(spec)
    separator = _separator(content)
    try:
        with warnings.catch_warnings():
            # pandas only warns when a row is longer than the header, and drops the surplus cells.
            warnings.simplefilter("error", pd.errors.ParserWarning)
            cells = pd.read_csv(
                io.StringIO(content),
                sep=separator,
                dtype=str,
                keep_default_na=False,
                skip_blank_lines=False,
                index_col=False,
            )
    except pd.errors.EmptyDataError:
        raise _refused(spec, "census", "empty file", "must have a header and rows") from None
    except (pd.errors.ParserError, pd.errors.ParserWarning, ValueError) as error:
        raise _ragged(spec, str(error)) from None
    return RawCensus(spec.path, cells.fillna(""), 2)


def _separator(content: str) -> str:
    """The separator that stands most often in the header: comma, semicolon or tab."""
    header = content.partition("\n")[0]
    return max(",;\t", key=header.count)


def _ragged(spec: CensusSpec, reason: str) -> InputError:
    """A row with other cells than the header; pandas knows its line for some of them."""
    found = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", reason)
    if found:
        expected, line, seen = (int(group) for group in found.groups())
        return _refused(spec, "census", f"{seen} cells", f"must have {expected} cells, as the header has", line=line)
    if "Length of header" in reason:
        allowed = "no row may have more cells than the header; is a decimal comma taken for a separator?"
        return _refused(spec, "census", "longer rows than the header", allowed)
    words = " ".join(reason.removeprefix("Error tokenizing data. C error: ").split())
    return _refused(spec, "census", "not a table", words)


def _refused(spec: CensusSpec, field: str, value: str, allowed: str, nearest: str = "", *, line: int = 0) -> InputError:
    return InputError([Problem(spec.path, line, field, value, allowed, nearest)])


def _decoded(spec: CensusSpec) -> str:
    content = Path(spec.path).read_bytes()
    for encoding in (spec.encoding,) if spec.encoding else ENCODINGS:
        try:
            return content.decode(encoding)
        except LookupError:
            near = nearest_name(encoding, ("utf-8", "gb18030", "gbk", "big5", "utf-16", "latin-1"))
            raise _refused(spec, "outlets.census.encoding", f"'{encoding}'", "is not a known encoding", near) from None
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
    tried = spec.encoding or " or ".join(ENCODINGS)
    allowed = f"is not text in {tried}; name the right one under outlets.census.encoding"
    raise _refused(spec, "census", "unreadable text", allowed, line=line)


def _read_parquet(spec: CensusSpec) -> RawCensus:
    import duckdb

    try:
        with duckdb.connect() as connection:
            query = "SELECT COLUMNS(*)::VARCHAR FROM read_parquet(?)"
            cells = connection.execute(query, [spec.path]).df()
    except duckdb.Error as error:
        reason = " ".join(str(error).partition("LINE 1:")[0].split())
        raise _refused(spec, "census", "not a Parquet file", reason) from None
    return RawCensus(spec.path, cells.astype(object).where(cells.notna(), ""), 1)


def _read_sheet(spec: CensusSpec) -> RawCensus:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_path(spec.path)
    except (python_calamine.CalamineError, OSError) as error:
        raise _refused(spec, "census", "not a workbook", " ".join(str(error).split())) from None
    names = book.sheet_names
    sheet = spec.sheet or (names[0] if names else "")
    if sheet not in names:
        allowed = f"must be a sheet of the workbook: {', '.join(names)}"
        raise _refused(spec, "outlets.census.sheet", f"'{sheet}'", allowed, nearest_name(sheet, names))
    try:
        rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, python_calamine.WorksheetNotFound, OSError) as error:
        reason = " ".join(str(error).split())
        raise _refused(spec, "census", f"sheet '{sheet}'", f"can't be read: {reason}") from None
    if not rows:
        raise _refused(spec, "census", "empty sheet", "must have a header and rows")
    header = [text(cell).strip() for cell in rows[0]]
    cells = pd.DataFrame([[text(cell) for cell in row] for row in rows[1:]], columns=header, dtype=object)
    # Columns that were only formatted, not filled, have no name and nothing in them.
    blank = [k for k, name in enumerate(header) if not name and not cells.iloc[:, k].any()]
    return RawCensus(spec.path, cells.iloc[:, [k for k in range(len(header)) if k not in blank]], 2)


READERS: Mapping[str, Callable[[CensusSpec], RawCensus]] = {
    ".csv": _read_csv,
    ".tsv": _read_csv,
    ".txt": _read_csv,
    ".parquet": _read_parquet,
    ".xlsx": _read_sheet,
    ".xls": _read_sheet,
    ".ods": _read_sheet,
}


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

"""Reading a census into a frame of text, whatever it comes in: every cell a string, '' where nothing stands."""

from __future__ import annotations

import datetime
import io
import math
import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from sim.errors import InputError, Problem, nearest_name
from sim.scenario.schema.place import CensusSpec

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
        raise InputError([Problem(spec.path, 0, "outlets.census.path", suffix or "no extension", allowed, near)])
    if not Path(spec.path).is_file():
        raise InputError([Problem(spec.path, 0, "outlets.census.path", "not found", "must be an existing file")])
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
        raise InputError([Problem(spec.path, 0, "census", "empty file", "must have a header and rows")]) from None
    except (pd.errors.ParserError, pd.errors.ParserWarning, ValueError) as error:
        raise InputError([_ragged(spec.path, str(error))]) from None
    return RawCensus(spec.path, cells.fillna(""), 2)


def _separator(content: str) -> str:
    """The separator that stands most often in the header: comma, semicolon or tab."""
    header = content.partition("\n")[0]
    return max(",;\t", key=header.count)


def _ragged(path: str, reason: str) -> Problem:
    """A row with other cells than the header; pandas knows its line for some of them."""
    found = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", reason)
    if found:
        expected, line, seen = (int(group) for group in found.groups())
        return Problem(path, line, "census", f"{seen} cells", f"must have {expected} cells, as the header has")
    if "Length of header" in reason:
        allowed = "no row may have more cells than the header; is a decimal comma taken for a separator?"
        return Problem(path, 0, "census", "longer rows than the header", allowed)
    return Problem(
        path, 0, "census", "not a table", " ".join(reason.removeprefix("Error tokenizing data. C error: ").split())
    )


def _decoded(spec: CensusSpec) -> str:
    content = Path(spec.path).read_bytes()
    for encoding in (spec.encoding,) if spec.encoding else ENCODINGS:
        try:
            return content.decode(encoding)
        except LookupError:
            near = nearest_name(encoding, ("utf-8", "gb18030", "gbk", "big5", "utf-16", "latin-1"))
            raise InputError(
                [Problem(spec.path, 0, "outlets.census.encoding", f"'{encoding}'", "is not a known encoding", near)]
            ) from None
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
    tried = spec.encoding or " or ".join(ENCODINGS)
    allowed = f"is not text in {tried}; name the right one under outlets.census.encoding"
    raise InputError([Problem(spec.path, line, "census", "unreadable text", allowed)])


def _read_parquet(spec: CensusSpec) -> RawCensus:
    import duckdb

    try:
        with duckdb.connect() as connection:
            query = "SELECT COLUMNS(*)::VARCHAR FROM read_parquet(?)"
            cells = connection.execute(query, [spec.path]).df()
    except duckdb.Error as error:
        reason = " ".join(str(error).partition("LINE 1:")[0].split())
        raise InputError([Problem(spec.path, 0, "census", "not a Parquet file", reason)]) from None
    return RawCensus(spec.path, cells.astype(object).where(cells.notna(), ""), 1)


def _read_sheet(spec: CensusSpec) -> RawCensus:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_path(spec.path)
    except (python_calamine.CalamineError, OSError) as error:
        raise InputError([Problem(spec.path, 0, "census", "not a workbook", " ".join(str(error).split()))]) from None
    names = book.sheet_names
    sheet = spec.sheet or (names[0] if names else "")
    if sheet not in names:
        allowed = f"must be a sheet of the workbook: {', '.join(names)}"
        problem = Problem(spec.path, 0, "outlets.census.sheet", f"'{sheet}'", allowed, nearest_name(sheet, names))
        raise InputError([problem])
    try:
        rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, python_calamine.WorksheetNotFound, OSError) as error:
        reason = " ".join(str(error).split())
        raise InputError([Problem(spec.path, 0, "census", f"sheet '{sheet}'", f"can't be read: {reason}")]) from None
    if not rows:
        raise InputError([Problem(spec.path, 0, "census", "empty sheet", "must have a header and rows")])
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

"""One family of errors: each names the path, the value and what is allowed.

Exit codes of the command line follow the family: `InputError` is the user's (2), anything else is ours (1).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


class ArsimError(Exception):
    """Base of every error that arsim raises on purpose."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with a user's file, printed as one line.

    Attributes
    ----------
    file : path of the file as the user wrote it.
    line : 1-based line (or data row of a table); 0 when the whole file is meant.
    field : dotted path of the field, or the column name of a table.
    value : what stands there.
    allowed : what would be accepted.
    nearest : the nearest valid name, empty when there is none.
    """

    file: str
    line: int
    field: str
    value: str
    allowed: str
    nearest: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        hint = f" (did you mean '{self.nearest}'?)" if self.nearest else ""
        shown = self.value if len(self.value) <= 60 else self.value[:57] + "..."
        return one_line(f"{place}: {self.field}: {shown}: {self.allowed}{hint}")


def one_line(text: str) -> str:
    """Keep a message on one line and out of the terminal's controls, whatever stands in the user's file."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in " ".join(text.split()))


class InputError(ArsimError):
    """A scenario, census or command that cannot be used; carries every problem found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems)
        # The problems themselves are the argument: SimPy and process pools make the error anew from its arguments.
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class LedgerError(ArsimError):
    """Goods or cash do not balance: always a defect of the program."""


class WorldError(ArsimError):
    """A world column has a value that its declaration forbids: always a defect of the program."""


class StateError(ArsimError):
    """A saved state cannot be continued (other version, other scenario, damaged)."""


class RunError(ArsimError):
    """A run failed that an answer needs; the store keeps its traceback."""


class StoreError(ArsimError):
    """The store of runs cannot be read or written (disk full, no rights)."""


def nearest_name(name: str, valid: Iterable[str]) -> str:
    """Return the valid name most like `name`, or an empty string when none is near."""
    found = difflib.get_close_matches(name, list(valid), n=1, cutoff=0.6)
    return found[0] if found else ""

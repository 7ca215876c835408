"""The twenty analytic cases: where each is tested and what the test printed."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import NamedTuple

from studies.validation.runs import ROOT


class Case(NamedTuple):
    """One case of the table of analytic cases."""

    number: int
    title: str
    expected: str


CASES = (
    Case(1, "Lanchester–Kimball share flow", ".600; day 7 .313; day 30 .575"),
    Case(2, "Vidale–Wolfe", "33.33; half-life 6.93"),
    Case(3, "ADBUDG, focus against spread", "2.125 / 1.125 / .625"),
    Case(4, "Logit with a product out", ".6 / .4"),
    Case(5, "Reactions to a stock-out", "31/26/19/15/9, p > .01"),
    Case(6, "Distribution to share", ".330/.630/.040 and .315/.540/.145"),
    Case(7, "Outlet sizes, share of the top 20 %", ".80 and .56"),
    Case(8, "Bass", "peak 6.19, F .461, height .1106 m"),
    Case(9, "Bullwhip of a moving average", "1.625, 2.12, 5.0, 2.5"),
    Case(10, "Newsvendor", "S 132.816, cost 35.100"),
    Case(11, "Base stock", ".8893, .8645; 11.72 % lost"),
    Case(12, "(s,S)", "35.022, 54.262, 70.975"),
    Case(13, "(r,Q)", "107.92"),
    Case(14, "Serial echelons", "47.65"),
    Case(15, "Tour length", ".828·√n; at most 1.1 × best known"),
    Case(16, "Huff", ".80 / .20"),
    Case(17, "Wright learning", ".512, .227"),
    Case(18, "Cash cycle", "4 days"),
    Case(19, "Diversion threshold", "none below, some above"),
    Case(20, "Symmetry", "exactly equal probabilities; inert lever 0"),
)


def test_files() -> dict[int, list[str]]:
    """Test files that name a case in a test or in a class of tests."""
    found: dict[int, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        text = path.name + "\n" + path.read_text(encoding="utf-8")
        for n in sorted({int(n) for n in re.findall(r"(?:test_\w*?case_?|TestCase)(\d+)", text)}):
            found.setdefault(n, []).append(path.relative_to(ROOT).as_posix())
    return found


def printed_figures() -> dict[str, list[str]]:
    """Run the short analytic tests and return, by case number, the lines that they print; "failed" where one fails."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "tests/analytic",
        "-q",
        "-rA",
        "-m",
        "not slow",
        "-p",
        "no:cacheprovider",
    ]
    output = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    printed: dict[str, list[str]] = {}
    current = ""
    for line in output.splitlines():
        heading = re.match(r"_+ (?:\w+\.)?(test_\w+.*?) _+$", line)
        if heading:
            number = re.search(r"case_?(\d+)", heading[1])
            current = str(int(number[1])) if number else ""
        elif line.startswith(("PASSED", "FAILED", "=")):
            current = ""
        elif current and ("±" in line or "table" in line) and "ERROR" not in line:
            printed.setdefault(current, []).append(line.strip())
        if line.startswith("FAILED"):
            number = re.search(r"case_?(\d+)", line)
            printed.setdefault(str(int(number[1])) if number else "?", []).append("failed")
    return printed

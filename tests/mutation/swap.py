"""Swap two things of one type somewhere in `sim/agents` or `sim/kernels`, and see whether a test notices.

    python -m tests.mutation.swap --tries 150            # a sample, the same one for the same tree and seed
    python -m tests.mutation.swap --only kernels/calls   # every swap in some files
    python -m tests.mutation.swap --list

Mutants live in a copy of the tree, never here. No golden value takes part: what counts are the tables of effects, the
kernels' answers reckoned by hand, and the unit tests. Kernels are tried as plain Python first, which needs no
compiling; who survives that is compiled and run in whole markets. What no test notices is then run in a broad set of
markets: where no byte differs, the swap is listed apart, and counts as equivalent only with a reason in `reasons.py`.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import os
import random
import select
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.mutation.mutants import Mutant, learn, mutants
from tests.mutation.reasons import REASONS

ROOT = Path(__file__).resolve().parents[2]
REPORT = Path(__file__).with_name("survivors.md")
FOLDERS = ("sim/agents", "sim/kernels")
COPIED = ("sim", "tests", "studies", "scenarios", "pyproject.toml")
KERNELS = "tests/unit/kernels/"
NOT_AS_PYTHON = {"test_footfall.py", "test_names.py"}
"""The one takes minutes, the other reads the sources and runs nothing."""
BY_HAND = tuple(f"tests/effects/test_by_hand_{name}.py" for name in ("field", "goods", "office"))
OF_KERNELS = tuple(
    sorted(str(path.relative_to(ROOT)) for path in (ROOT / KERNELS).glob("test_*.py") if path.name not in NOT_AS_PYTHON)
)
"""These are run as plain Python, which needs no compiling; the latter for mutants of kernels alone."""
FAST = ("laws", "inventory", "sizes", "routing", "shopping")
MORE = (
    *BY_HAND,
    *OF_KERNELS,
    KERNELS + "test_footfall.py",
    "tests/unit/agents",
    "tests/unit/ledger",
    "tests/unit/strategies/test_through_the_engine.py",
    "tests/unit/levers",
    "tests/unit/test_extremes.py",
    *(f"tests/analytic/test_{name}.py" for name in FAST),
)
"""What is run, compiled, on those that neither days by hand nor pairs of small markets tell from the original."""
ABOVE_AGENTS = ("agents", "engine", "loading", "runs", "statistics", "questions", "report", "terminal", "cli")
LIBRARIES = ("numba", "pandas", "pydantic", "scipy.special", "scipy.spatial", "simpy", "pytest", "hypothesis")
SECONDS, COMPILED_SECONDS = 300.0, 1500.0
"""Time limits of a mutant, as plain Python and compiled; one that does not end is noticed by every test."""


@dataclass(frozen=True)
class Verdict:
    """What became of one mutant: "caught", "survived" or "equivalent", and by which test or for what reason."""

    mutant: Mutant
    fate: str
    by: str
    seconds: float


class Tree:
    """The copy in which mutants live; with its compiled code, so that only what a mutant touches is compiled."""

    def __init__(self, place: Path) -> None:
        self.place = place
        place.mkdir(parents=True, exist_ok=True)
        for name in COPIED:
            source, target = ROOT / name, place / name
            if source.is_dir():
                # Times are kept: compiled code is valid for the time at which its source was written.
                shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.pyc"))
            elif source.exists():
                shutil.copy2(source, target)

    def plant(self, mutant: Mutant) -> Callable[[], None]:
        """Write the mutant; returns what takes it away again."""
        path = self.place / mutant.path
        source, stat = path.read_bytes(), path.stat()
        folder = self.place / "sim" / "__pycache__"
        before = set(folder.iterdir()) if folder.exists() else set()
        path.write_bytes(mutant.applied(source))

        def remove() -> None:
            path.write_bytes(source)
            os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
            for fresh in set(folder.iterdir()) - before if folder.exists() else ():
                shutil.rmtree(fresh, ignore_errors=True)

        return remove


def forget(*rooms: str) -> None:
    """Let the next import of these rooms of the package, and of the tests, read the sources again."""
    names = [f"sim.{room}" for room in rooms]
    for module in list(sys.modules):
        of_tests = module == "tests" or module.startswith("tests.")
        if of_tests or any(module == name or module.startswith(name + ".") for name in names):
            del sys.modules[module]
    if not rooms:
        for module in [m for m in sys.modules if m == "sim" or m.startswith("sim.")]:
            del sys.modules[module]
    importlib.invalidate_caches()


def in_child(work: Callable[[], str], seconds: float) -> str:
    """Return what `work` says in a process of its own, or how that process ended."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.close(reading)
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, 1)
        os.dup2(sink, 2)
        try:
            said = work()
        except BaseException as error:  # noqa: BLE001 (whatever happens to a mutant is an answer)
            said = f"caught:{type(error).__name__} {str(error)[:80]}"
        os.write(writing, said.encode()[:60_000])
        os._exit(0)
    os.close(writing)
    ready, _, _ = select.select([reading], [], [], seconds)
    if not ready:
        os.kill(child, signal.SIGKILL)
    said = os.read(reading, 65_536).decode() if ready else "caught:it does not end"
    os.close(reading)
    os.waitpid(child, 0)
    return said or "caught:it crashes"


def rows_say(first: Sequence[str]) -> str:
    """Check all rows of effects, those that caught others before first; returns the first that fails."""
    rows = importlib.import_module("tests.effects.test_effects").ROWS
    rank = {name: k for k, name in enumerate(first)}
    for row in sorted(rows, key=lambda row: rank.get(str(row), len(rank))):
        try:
            row.check()
        except Exception:  # noqa: BLE001 (a row that breaks has noticed, too)
            return f"caught:effect {row}"
    return "passed"


def tests_say(paths: Sequence[str]) -> str:
    """Run tests until one fails; returns its name."""
    import pytest

    class Watcher:
        failed = ""

        def pytest_runtest_logreport(self, report: Any) -> None:
            if report.failed and not self.failed:
                self.failed = report.nodeid

        def pytest_collectreport(self, report: Any) -> None:
            if report.failed and not self.failed:
                self.failed = report.nodeid

    watcher = Watcher()
    there = [path for path in paths if Path(path).exists()]
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-n0", "-m", "not slow and not browser"]
    options.remove("-n0")
    code = pytest.main([*options, *there], plugins=[watcher])
    return "passed" if code == 0 else f"caught:test {watcher.failed or 'collection'}"


def markets_say() -> str:
    """Hash a broad set of runs: every mechanism, every rare thing, several policies and levers."""
    m = importlib.import_module("tests.markets")
    long = {"calendar": {"burn_in_days": 14, "duration_days": 76}}
    changes = (
        (long,),
        (long, m.STRESSED),
        (m.STRESSED, {"retail": {"ordering": {"policy": "r_Q"}}, "consumers": {"goodwill": {"law": "lanchester"}}}),
        (m.STRESSED, {"distributors": {"policy": {"policy": "base_stock"}}, "territories": {"generate": {"n": 4}}}),
        ({"consumers": {"stock_out_rule": "choose_again", "goodwill": {"response": "adbudg"}}},),
    )
    said = [m.digest(m.ran(m.market(*parts))) for parts in changes]
    pulls = {
        "advertising_cents": 500_000,
        "display_cents": 90_000,
        "census_outlets": 5,
        "exclusive_outlets": 3,
        "inspectors": 1,
        "price_cut": 0.1,
        "shop_policy": 1,
        "shop_cover_days": 9,
        "shop_terms_days": 9,
        "information_system": 1,
        "policy": 5,
        "coaching_cents": 90_000,
        "return_share": 0.5,
        "poach_cents": 900_000,
        "visit_plan": 1,
        "discount": 0.05,
        "rebate_rate": 0.1,
    }
    said.append(m.digest(m.ran(m.market(long, m.STRESSED), pulls=pulls)))
    return json.dumps(said, sort_keys=True)


class Trial:
    """Tries mutants one after another; what caught one comes first for the next."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._killers: Counter[str] = Counter()
        self._bytes = ""
        os.chdir(tree.place)
        sys.path[:] = [str(tree.place), *(p for p in sys.path if Path(p or ".").resolve() not in {ROOT, tree.place})]
        sys.dont_write_bytecode = True
        forget()
        for library in LIBRARIES:
            importlib.import_module(library)
        self._must_pass(in_child(lambda: self._plain(is_kernel=True), 1200))

    def _must_pass(self, said: str) -> None:
        if not said.startswith(("passed", "same")):
            raise SystemExit(f"the tree itself does not pass: {said}")

    def _warm(self) -> None:
        """Compile and load everything once; a child of this process begins with it."""
        if self._bytes:
            return
        self._must_pass(rows_say(()))
        self._bytes = markets_say()
        import sim

        assert Path(sim.__file__).is_relative_to(self._tree.place), sim.__file__
        gc.freeze()
        self._must_pass(in_child(lambda: self._whole(is_kernel=False), 1200))

    def quickly(self, mutant: Mutant) -> Verdict:
        """Plant, try as plain Python, take away; "passed" if that does not tell."""
        is_kernel = "/kernels/" in mutant.path
        return self._tried(mutant, lambda: self._plain(is_kernel=is_kernel), SECONDS)

    def thoroughly(self, mutant: Mutant) -> Verdict:
        """Plant, try in compiled markets, take away."""
        self._warm()
        is_kernel = "/kernels/" in mutant.path
        verdict = self._tried(mutant, lambda: self._whole(is_kernel=is_kernel), COMPILED_SECONDS)
        if verdict.fate == "same" and (reason := REASONS.get(name_of(mutant))):
            return replace(verdict, fate="equivalent", by=reason)
        if verdict.fate == "caught":
            self._killers[verdict.by.removeprefix("effect ")] += 1
        return verdict

    def _tried(self, mutant: Mutant, work: Callable[[], str], seconds: float) -> Verdict:
        began = time.perf_counter()
        remove = self._tree.plant(mutant)
        try:
            fate, _, by = in_child(work, seconds).partition(":")
        finally:
            remove()
        return Verdict(mutant, fate, by, time.perf_counter() - began)

    def _plain(self, *, is_kernel: bool) -> str:
        from numba.core import config

        config.DISABLE_JIT = True
        forget()
        return tests_say((*BY_HAND, *OF_KERNELS) if is_kernel else BY_HAND)

    def _whole(self, *, is_kernel: bool) -> str:
        forget(*(() if is_kernel else ABOVE_AGENTS))
        said = rows_say([name for name, _ in self._killers.most_common()])
        if said == "passed":
            said = tests_say(MORE)
        if said == "passed":
            said = "same:no byte of a broad set of runs differs" if markets_say() == self._bytes else "survived:"
        return said


def name_of(mutant: Mutant) -> tuple[str, str, str, str]:
    """What names a mutant in `reasons.py`."""
    return mutant.path, mutant.where, mutant.first, mutant.second


def report(verdicts: Sequence[Verdict], n_found: int, seed: int, seconds: float) -> str:
    """The list of what was not caught, as Markdown."""
    fates = Counter(v.fate for v in verdicts)
    counted = len(verdicts) - fates["equivalent"]
    share = fates["caught"] / max(counted, 1)
    by = Counter(_catcher(v.by) for v in verdicts if v.fate == "caught")
    lines = [
        "# Swapped arguments that no test notices",
        "",
        "Written by `python -m tests.mutation.swap`; do not edit. Golden values take no part.",
        "",
        f"{len(verdicts)} of {n_found} possible swaps tried (seed {seed}, {seconds / 60:.0f} minutes), "
        f"{fates['equivalent']} of them equivalent; of the other {counted}, {fates['caught']} were caught: "
        f"**{share:.1%}**.",
        "",
        "| caught by | swaps |",
        "| --- | --- |",
        *[f"| {name} | {n} |" for name, n in by.most_common()],
    ]
    for fate, title in (
        ("survived", "Survived: results differ and no test fails"),
        ("passed", "Not caught by days reckoned by hand, and not tried in compiled markets for want of time"),
        ("same", "Survived: no byte of a broad set of runs differs, and no reason is known why it cannot"),
        ("equivalent", "Equivalent: no result can differ"),
    ):
        rows = [v for v in verdicts if v.fate == fate]
        lines += [
            "",
            f"## {title}",
            "",
            "None." if not rows else "| place | swapped | in | |\n| --- | --- | --- | --- |",
        ]
        lines += [
            f"| {v.mutant.path}:{v.mutant.line} | `{v.mutant.first}` and `{v.mutant.second}` ({v.mutant.kind}) "
            f"| {v.mutant.where} | {v.by} |"
            for v in rows
        ]
    return "\n".join(lines) + "\n"


def _catcher(by: str) -> str:
    """What caught a mutant, in a few words: a table of effects, a file of tests, or how the run ended."""
    if by.startswith("effect "):
        return "effects of fields and levers"
    return by.removeprefix("test ").split("::")[0] if by.startswith("test ") else "the program stops"


def main(arguments: Sequence[str] | None = None) -> None:
    """Try swaps and write the list of survivors."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tries", type=int, default=0, help="number of swaps, drawn by the seed; all when absent")
    parser.add_argument("--only", default="", help="part of the paths of the files")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tree", default="", help="folder of the copy; kept for the next time")
    parser.add_argument("--list", action="store_true", help="print the swaps and stop")
    parser.add_argument("--write", action="store_true", help=f"write {REPORT.name} (a run over all files does anyway)")
    parser.add_argument("--minutes", type=float, default=1e9, help="stop after so long, with what has been tried")
    given = parser.parse_args(arguments)
    found = mutants(ROOT, learn(ROOT), FOLDERS, given.only)
    chosen = random.Random(given.seed).sample(found, min(given.tries or len(found), len(found)))
    if given.list:
        print(*chosen, f"{len(found)} swaps", sep="\n")
        return
    place = Path(given.tree or Path(tempfile.gettempdir()) / f"arsim-mutants-{os.getuid()}")
    began = time.perf_counter()
    trial = Trial(Tree(place))
    verdicts: dict[Mutant, Verdict] = {}
    for attempt in (trial.quickly, trial.thoroughly):
        for number, mutant in enumerate(chosen, start=1):
            if mutant in verdicts and verdicts[mutant].fate != "passed":
                continue
            if time.perf_counter() - began > 60.0 * given.minutes:
                break
            verdicts[mutant] = verdict = attempt(mutant)
            print(f"{number:4d} {verdict.seconds:5.0f} s  {verdict.fate:10s} {mutant}  [{verdict.by}]", flush=True)
    text = report(list(verdicts.values()), len(found), given.seed, time.perf_counter() - began)
    if given.write or not given.only:
        REPORT.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()

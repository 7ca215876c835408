"""The work behind `arsim store` and `arsim run --key`: what the store of runs says on the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import InputError, Problem

if TYPE_CHECKING:
    from sim.runs.store import Store

SHOWN_DIGITS = 12
"""Digits of a key in lists; enough to name one of millions of runs."""


def kept_in(place: Path | None) -> str:
    """Return what to add to the line of stopped work: where the runs are that were finished."""
    return "" if place is None else f"; finished runs stay in {place}, so the same command goes on from there"


@contextmanager
def opened(folder: Path | None) -> Iterator[Store | None]:
    """Give an open store; at the end say on standard error which damaged files were found and set aside."""
    if folder is None:
        yield None
        return
    from sim.runs.store import Store

    store = Store(folder)
    try:
        yield store
    finally:
        _say_damaged(store)
        store.close()


def _say_damaged(store: Store) -> None:
    import click

    for file in store.set_aside:
        click.echo(f"{store.folder}: a file was damaged and set aside as {file}", err=True)


@contextmanager
def existing(folder: Path) -> Iterator[Store]:
    """Give an open store that must be there.

    Raises
    ------
    InputError
        When the folder is no store.
    """
    if not (folder / "catalogue.sqlite").is_file() and not (folder / "runs").is_dir():
        raise InputError([Problem(str(folder), 0, "--store", "no store", "must be a folder that a run has written")])
    with opened(folder) as store:
        assert store is not None
        yield store


def listing(store: Store, scenario: str | None, failed: bool) -> list[str]:
    """Return a line for each run, oldest first, and what is to be said of runs of older versions."""
    lines = [
        f"{row.key[:SHOWN_DIGITS]}  {row.status:8}  {row.created[:19]}  {row.seconds:8.1f} s  {row.scenario}  "
        f"{row.strategy}  {row.future}  seed {row.seed}  replication {row.replication}"
        + (f"  {row.error}" if row.error else "")
        for row in store.ls(scenario, failed=failed)
    ]
    return [*lines, *_older(store)]


def _older(store: Store) -> list[str]:
    """Say how many runs this version does not read, and what can be done with them."""
    from sim._version import MODEL_VERSION

    rows = store.older()
    if not rows:
        return []
    versions = ", ".join(str(version or "unknown") for version in sorted({row.model_version for row in rows}))
    n = len({row.key for row in rows})
    return [
        f"{n} runs are of another version of the model ({versions}; this is {MODEL_VERSION}) or of a program whose "
        "scenarios had other fields, and no other command reads them: `arsim store gc` removes them, "
        "`arsim run --key KEY` runs one again under this version"
    ]


def description(store: Store, prefix: str) -> list[str]:
    """Return what is known of one run, and its KPIs or its traceback."""
    row = store.find(prefix)
    names = ("key", "status", "scenario", "strategy", "future", "seed", "replication", "seconds", "created")
    lines = [f"{name}: {getattr(row, name)}" for name in names]
    lines += [f"model version: {row.model_version}", f"file: {store.folder / row.file}"]
    if row.status == "failed":
        return [*lines, store.error_of(row), f"again: arsim run --key {row.key[:SHOWN_DIGITS]} --debug"]
    return [*lines, *(f"  {kpi}: {value:.6g}" for kpi, value in row.values.items())]


def repeat_stored(store: Store, prefix: str) -> list[str]:
    """Run one stored run again, alone and in this process, so that its error shows where it arises.

    Returns
    -------
    Lines that say how it ended, and whether the numbers are those of the store.
    """
    from sim.loading import load
    from sim.runs.cells import Cells
    from sim.runs.execute import execute
    from sim.runs.executors import executor_for
    from sim.runs.keep import Measured

    row = store.find(prefix)
    if row.part:
        allowed = f"is a {row.part}, which `arsim compare --why` makes; repeat that command"
        raise InputError([Problem(str(store.folder), 0, "key", row.key[:SHOWN_DIGITS], allowed)])
    before = store.get(row.key)
    kpis = () if before is None else tuple(before.values)
    # The key of today: a failure of an older version is repeated under this one.
    scenario = load(str(store.scenario_file(row)), ())
    cell = Cells(scenario, row.seed).cell(row.strategy, row.replication, row.future)
    keep = Measured(kpis, every_kpi=not kpis)
    ((_, arms),) = execute([(cell,)], store, executor_for(), keep, look=False)
    if before is None:
        return [f"{row.key[:SHOWN_DIGITS]}: finished; it is in the store now"]
    same = before.outcomes.equals(arms.outcomes)
    return [f"{row.key[:SHOWN_DIGITS]}: finished; its KPIs are {'those' if same else 'NOT those'} of the store"]


def verified(store: Store) -> list[str]:
    """Check every file and say how many are sound; what is not is named when the store is closed."""
    damaged = store.verify()
    n = len(store.rows())
    return [f"{n} files are sound, {len(damaged) or 'none'} damaged", *_older(store)]


def cleaned(store: Store, dry_run: bool) -> list[str]:
    """Remove what can go, or only say so; a line for each file and the sum."""
    from sim.runs.store.contents import collect, rubbish

    gone = rubbish(store) if dry_run else collect(store)
    mega = sum(piece.size_bytes for piece in gone) / 1e6
    word = "can go" if dry_run else "removed"
    return [*(f"{piece.file}: {piece.reason}" for piece in gone), f"{len(gone)} {word}, {mega:.1f} MB"]


def exported(store: Store, folder: Path) -> list[str]:
    """Write all finished runs into a folder; a line for each file."""
    from sim.runs.store.tables import export

    return [f"wrote {file}" for file in export(store, folder)]

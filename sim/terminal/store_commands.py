"""The commands under `arsim store`; what they do is in `sim.terminal.storing`, loaded when a command runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

where_option = click.option(
    "--store", "where", default="results/store", show_default=True, type=click.Path(file_okay=False, path_type=Path),
    help="Store of runs.",
)  # fmt: skip


@click.group()
def store() -> None:
    """Look at the store of finished and failed runs, check it, clean it up, export it."""


@store.command("ls")
@where_option
@click.option("--scenario", help="Of this scenario only.")
@click.option("--failed", is_flag=True, help="Failed runs only.")
def store_ls(where: Path, scenario: str | None, failed: bool) -> None:
    """List runs, the oldest first."""
    from sim.terminal.storing import existing, listing

    with existing(where) as shelf:
        _say(listing(shelf, scenario, failed))


@store.command("show")
@click.argument("key")
@where_option
def store_show(key: str, where: Path) -> None:
    """Show what is known of the run whose KEY begins so: its KPIs, or why it failed."""
    from sim.terminal.storing import description, existing

    with existing(where) as shelf:
        _say(description(shelf, key))


@store.command("verify")
@where_option
def store_verify(where: Path) -> None:
    """Check every file; damaged ones are set aside, and their runs computed again when they are needed."""
    from sim.terminal.storing import existing, verified

    with existing(where) as shelf:
        _say(verified(shelf))


@store.command("gc")
@where_option
@click.option("--dry-run", is_flag=True, help="Only say what can go.")
def store_gc(where: Path, dry_run: bool) -> None:
    """Remove leftovers of killed processes, runs of other model versions and damaged files."""
    from sim.terminal.storing import cleaned, existing

    with existing(where) as shelf:
        _say(cleaned(shelf, dry_run))


@store.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@where_option
def store_export(folder: Path, where: Path) -> None:
    """Write all finished runs into FOLDER: five Parquet files, one for each table."""
    from sim.runs.store.tables import export
    from sim.terminal.storing import existing

    with existing(where) as shelf:
        _say([f"wrote {file}" for file in export(shelf, folder)])


def _say(lines: Sequence[str]) -> None:
    for line in lines:
        click.echo(line)

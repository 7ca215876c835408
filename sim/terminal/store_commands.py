"""The commands under `arsim store`; what they say is in `sim.terminal.storing`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from sim.terminal.storing import cleaned, description, existing, exported, listing, verified

folder_type = click.Path(file_okay=False, path_type=Path)
where_option = click.option(
    "--store", "where", default="results/store", show_default=True, type=folder_type, help="Store of runs."
)


@click.group()
def store() -> None:
    """Look at the store of finished and failed runs, check it, clean it up, export it."""


@store.command("ls")
@where_option
@click.option("--scenario", help="Of this scenario only.")
@click.option("--failed", is_flag=True, help="Failed runs only.")
def store_ls(where: Path, scenario: str | None, failed: bool) -> None:
    """List runs, the oldest first."""
    _say(listing, where, scenario, failed)


@store.command("show")
@click.argument("key")
@where_option
def store_show(key: str, where: Path) -> None:
    """Show what is known of the run whose KEY begins so: its KPIs, or why it failed."""
    _say(description, where, key)


@store.command("verify")
@where_option
def store_verify(where: Path) -> None:
    """Check every file; damaged ones are set aside, and their runs computed again when they are needed."""
    _say(verified, where)


@store.command("gc")
@where_option
@click.option("--dry-run", is_flag=True, help="Only say what can go.")
def store_gc(where: Path, dry_run: bool) -> None:
    """Remove leftovers of killed processes, runs of other model versions and damaged files."""
    _say(cleaned, where, dry_run)


@store.command("export")
@click.argument("folder", type=folder_type)
@where_option
def store_export(folder: Path, where: Path) -> None:
    """Write all finished runs into FOLDER: five Parquet files, one for each table."""
    _say(exported, where, folder)


def _say(lines: Callable[..., list[str]], where: Path, *asked: object) -> None:
    """Print what is said of an existing store."""
    with existing(where) as shelf:
        for line in lines(shelf, *asked):
            click.echo(line)

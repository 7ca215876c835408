"""The store of runs: get, put, what is known; many processes at once, no server."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sim.errors import InputError, Problem, nearest_name
from sim.runs.arms import Arms, Replication, widened
from sim.runs.store import contents
from sim.runs.store.catalogue import PRESENT, Catalogue, Facts, Kind, Row, present, values_in
from sim.runs.store.files import (
    SCENARIOS,
    one_clear_error,
    rename_folder,
    seal,
    seal_folder,
    set_aside,
    temporary_folder,
)
from sim.runs.store.tables import ask, read_arms, read_whole, write_arms, write_whole
from sim.scenario.resolved import write_resolved
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd

CATALOGUE: Final = "catalogue.sqlite"


class Store:
    """Finished and failed runs in one folder; one object for each thread or process.

    Parameters
    ----------
    folder : on a local disk; made when it is missing.
    look : whether to compare the catalogue with the files at once, so that nothing that is finished is missed. Worker
        processes need not look again.

    Attributes
    ----------
    set_aside : damaged files found by this object, where they lie now.

    Raises
    ------
    StoreError
        When the folder can't be written.
    """

    def __init__(self, folder: str | Path, *, look: bool = True) -> None:
        self.folder = Path(folder)
        self.set_aside: list[str] = []
        self._scenarios: set[str] = set()
        with one_clear_error(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            self._catalogue = self._open()
            if look:
                self.refresh()

    def _open(self) -> Catalogue:
        file = self.folder / CATALOGUE
        try:
            return Catalogue(file)
        except sqlite3.OperationalError:
            raise  # a lock or a full disk says nothing against the catalogue
        except sqlite3.DatabaseError:
            self.set_aside.append(set_aside(self.folder, CATALOGUE))
            for extra in ("-wal", "-shm"):
                file.with_name(file.name + extra).unlink(missing_ok=True)
            return Catalogue(file)

    def close(self) -> None:
        """End the connection to the catalogue."""
        self._catalogue.close()

    # What is there

    def known(self, keys: Iterable[str]) -> set[str]:
        """Return those of the keys under which a finished run is kept, by one query."""
        return set(self._catalogue.known(keys))

    def get(self, key: str) -> Arms | None:
        """Return the tables of a finished run without labels; None when there is none, or only a damaged one."""
        return self.read([key]).get(key)

    def read(self, keys: Sequence[str]) -> dict[str, Arms]:
        """Return the finished runs among the keys; damaged ones are set aside and left out."""
        with one_clear_error(self.folder):
            sound = self._sound(self._catalogue.known(keys))
            return dict(zip(sound, read_arms([self.folder / file for file in sound.values()]), strict=True))

    def kpis(self, keys: Sequence[str]) -> dict[str, dict[str, float]]:
        """Return KPI → value of the finished runs among the keys, by one query of the catalogue.

        No file is read, but one that was written after the catalogue took it up is checked against its checksum.
        """
        with one_clear_error(self.folder):
            rows = {key: (file, written, text) for key, file, written, text in self._catalogue.measured(keys)}
            changed = {k: file for k, (file, at, _) in rows.items() if contents.written(self.folder / file) != at}
            sound = self._sound(changed)
            if sound:
                self._catalogue.add(contents.rows_of(self.folder, list(sound.values()))[0])
            return {k: values_in(text) for k, (_, _, text) in rows.items() if k not in changed or k in sound}

    def get_tables(self, keys: Sequence[str]) -> dict[str, Replication]:
        """Return all tables of those of some runs of which they were kept."""
        with one_clear_error(self.folder):
            sound = self._sound(self._catalogue.known(keys, "tables"))
            return {key: read_whole(self.folder / file) for key, file in sound.items()}

    def get_values(self, keys: Sequence[str]) -> dict[str, tuple[float, ...]]:
        """Return the numbers that were kept under some keys by `put_values`."""
        with one_clear_error(self.folder):
            sound = self._sound(self._catalogue.known(keys, "values"))
            return {k: tuple(contents.read_json(self.folder / file)["values"]) for k, file in sound.items()}

    def _sound(self, files: dict[str, str]) -> dict[str, str]:
        damaged = {file for file in files.values() if not contents.is_sound(self.folder, file)}
        self.put_aside(damaged)
        return {key: file for key, file in files.items() if file not in damaged}

    def put_aside(self, files: Iterable[str]) -> None:
        """Move damaged files into the quarantine and forget them; their runs count as not yet run."""
        for file in files:
            if (self.folder / file).exists():
                self.set_aside.append(set_aside(self.folder, file))
            self._catalogue.drop([file])

    def rows(self, where: str = "1", values: Iterable[object] = ()) -> list[Row]:
        """Return rows of the catalogue that meet an SQL condition, oldest first."""
        return self._catalogue.rows(where, values)

    def ls(self, scenario: str | None = None, *, failed: bool = False) -> list[Row]:
        """Return a row for each run: of a scenario by name, or the failed ones alone."""
        where = "kind = 'failed'" if failed else "kind IN ('runs', 'failed')"
        return self.rows(f"{where} AND (? IS NULL OR scenario = ?)", (scenario, scenario))

    def find(self, prefix: str) -> Row:
        """Return the line of the one run whose key begins so, the numbers rather than the tables or a failure.

        Raises
        ------
        InputError
            When there is none, or more than one; with the nearest key.
        """
        found = self.rows("substr(key, 1, ?) = ?", (len(prefix), prefix))
        keys = sorted({row.key for row in found})
        if len(keys) != 1:
            every = sorted({row.key for row in self.rows()})
            near = nearest_name(prefix, [key[: len(prefix)] for key in every]) if not keys else keys[0]
            allowed = f"begins {len(keys)} keys; give more digits" if keys else "must be the beginning of a stored key"
            raise InputError([Problem(str(self.folder), 0, "key", prefix or "''", allowed, near)])
        return min(found, key=lambda row: contents.KINDS.index(row.kind))

    def older(self) -> list[Row]:
        """Return the rows of files of another model or with other fields, which no command finds any more."""
        return self.rows(f"NOT ({PRESENT})", present())

    def scenario_file(self, row: Row) -> Path:
        """Return the copy of the scenario that a run was of."""
        return self.folder / SCENARIOS / row.scenario_hash / "scenario.yaml"

    # Writing

    def put(self, key: str, arms: Arms, facts: Facts, scenario: Scenario | None = None) -> None:
        """Keep a finished run; when this returns it is safe on disk and every other process sees it.

        A run that is there already is replaced only when there are more KPIs now; it loses none.

        Parameters
        ----------
        arms : its tables, without labels.
        scenario : as it was run, to be kept beside it, so that the run can be repeated from the store alone.

        Raises
        ------
        StoreError
            When the disk is full or can't be written; whatever was finished before stays.
        """
        with one_clear_error(self.folder):
            old = self._catalogue.known([key]).get(key)
            if old is not None and (before := self.get(key)) is not None:
                if before.values.keys() >= arms.values.keys():
                    return
                arms = widened(arms, before)
            self._keep_scenario(facts, scenario)
            place = seal(self.folder, "runs", key, ".parquet", lambda file: write_arms(arms, facts, file))
            self._add("runs", facts, place, kpis=arms.values)
            self._forget(key, "failed")
            if old is not None and (self.folder / old) != place:
                self._remove(old)

    def put_tables(self, key: str, replication: Replication, facts: Facts) -> None:
        """Keep all tables of a run besides its numbers."""
        with one_clear_error(self.folder):
            if not self._catalogue.known([key], "tables"):
                place = seal_folder(self.folder, "tables", key, lambda f: write_whole(replication, facts, f))
                self._add("tables", facts, place)

    def put_values(self, key: str, values: Sequence[float], facts: Facts, scenario: Scenario | None = None) -> None:
        """Keep other numbers of a run than its KPIs, under a key of their own."""
        with one_clear_error(self.folder):
            self._keep_scenario(facts, scenario)
            self._add("values", facts, self._seal_json("values", key, {"facts": asdict(facts), "values": list(values)}))
            self._forget(key, "failed")

    def failed(self, key: str, error: str, facts: Facts, scenario: Scenario | None = None) -> None:
        """Keep what a failed run leaves: its traceback, and how to repeat it."""
        with one_clear_error(self.folder):
            self._forget(key, "failed")
            self._keep_scenario(facts, scenario)
            place = self._seal_json("failed", key, {"facts": asdict(facts), "error": error})
            self._add("failed", facts, place, error=contents.last_line(error))

    def error_of(self, row: Row) -> str:
        """Return the traceback of a failed run."""
        return str(contents.read_json(self.folder / row.file)["error"])

    def _seal_json(self, kind: Kind, key: str, content: Mapping[str, object]) -> Path:
        text = json.dumps(content, ensure_ascii=False, indent=1)
        return seal(self.folder, kind, key, ".json", lambda file: _write(file, text))

    def _add(
        self, kind: Kind, facts: Facts, place: Path, *, error: str = "", kpis: Mapping[str, float] | None = None
    ) -> None:
        file = place.relative_to(self.folder).as_posix()
        self._catalogue.add([Row.about(file, kind, facts, contents.written(place), error=error, kpis=kpis)])

    def _forget(self, key: str, kind: Kind) -> None:
        file = self._catalogue.known([key], kind).get(key)
        if file is not None:
            self._remove(file)

    def _remove(self, file: str) -> None:
        (self.folder / file).unlink(missing_ok=True)
        self._catalogue.drop([file])

    def _keep_scenario(self, facts: Facts, scenario: Scenario | None) -> None:
        """Keep a copy of the scenario and the files it needs, once."""
        place = self.folder / SCENARIOS / facts.scenario_hash
        if scenario is None or facts.scenario_hash in self._scenarios:
            return
        if not place.is_dir():
            place.parent.mkdir(exist_ok=True)
            part = temporary_folder(self.folder)
            try:
                write_resolved(scenario, part, quick=True)
                rename_folder(part, place)
            finally:
                shutil.rmtree(part, ignore_errors=True)
        self._scenarios.add(facts.scenario_hash)

    # The catalogue and the files

    def refresh(self) -> None:
        """Make the catalogue agree with the files: take up what it misses, forget what is gone."""
        with one_clear_error(self.folder):
            there, listed = contents.everything(self.folder), self._catalogue.files()
            if there == listed:
                return
            gone = [file for file in listed - there if not (self.folder / file).exists()]
            rows, damaged = contents.rows_of(self.folder, sorted(there - listed))
            self._catalogue.drop(gone)
            self._catalogue.add(rows)
            self.put_aside(damaged)

    def rebuild(self) -> int:
        """Make the catalogue anew from the files and return the number of its lines; damaged files are set aside."""
        with one_clear_error(self.folder):
            self._catalogue.drop(self._catalogue.files())
            self.refresh()
            return len(self._catalogue.files())

    def verify(self, progress: Callable[[int, int], None] | None = None) -> list[str]:
        """Check every file against its checksum; return the damaged ones, which are set aside."""
        self.refresh()
        files = sorted(self._catalogue.files())
        damaged = []
        for done, file in enumerate(files, start=1):
            if not contents.is_sound(self.folder, file):
                damaged.append(file)
            if progress is not None:
                progress(done, len(files))
        self.put_aside(damaged)
        return damaged

    def sql(self, query: str) -> pd.DataFrame:
        """Return the answer of DuckDB; see `sim.runs.store.tables.ask` for the tables there are."""
        return ask(self, query)


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")

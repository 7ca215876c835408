"""What the store has of an experiment: values of finished runs, thousands at a time, and a memory of the keys."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

import numpy as np

from sim.metrics.catalogue import KPIS
from sim.questions.sweeps.plan import Keys, Plan, Report
from sim.runs.store import Store
from sim.runs.store.contents import is_sound
from sim.runs.store.files import MEMORIES, one_clear_error
from sim.runs.store.keys import digest, plan_digest, surroundings
from sim.runs.store.store import kpis_of
from sim.runs.store.tables import connection
from sim.runs.task import Values
from sim.scenario.resolved import scenario_hash
from sim.strategies.plan import plan_of

MANY_WORLDS: Final = 200
MANY_RUNS: Final = 1000


def finished(
    store: Store, keys: Iterable[str], kpis: Sequence[str], known: Mapping[str, Values] | None = None
) -> dict[str, Values]:
    """Return the values of those of the runs that are finished and have all the KPIs; damaged files are set aside.

    Parameters
    ----------
    known : file → values, of `recall`; a file's name holds the checksum of its content, so it is not read again.
    """
    known = known or {}
    with one_clear_error(store.folder):
        rows = _rows(store, keys)
        found = {key: known[file] for key, file in rows.items() if file in known}
        fresh = {file: key for key, file in rows.items() if key not in found}
        damaged = {file for file in fresh if not is_sound(store.folder, file)}
        store.put_aside(damaged)
        files = {str(store.folder / file): key for file, key in fresh.items() if file not in damaged}
        return found | (_values(files, list(kpis)) if files else {})


def _rows(store: Store, keys: Iterable[str]) -> dict[str, str]:
    """Return the file of each finished run."""
    where = "kind = 'runs' AND key IN (SELECT value FROM json_each(?))"
    return {row.key: row.file for row in store.rows(where, (json.dumps(list(keys)),))}


def memory_of(plan: Plan, store: Store) -> Path | None:
    """Return the file that remembers the values of a large experiment; None for a small one, which is read at once."""
    n_runs = int(np.prod(plan.shape))
    return store.folder / MEMORIES / f"{_identity(plan)}.npz" if n_runs >= MANY_RUNS else None


def recall(file: Path | None, kpis: Sequence[str]) -> dict[str, Values]:
    """Return file of the store → values, as far as they are remembered."""
    if file is None:
        return {}
    try:
        with np.load(file) as there:
            if there["kpis"].tolist() != list(kpis):
                return {}
            return dict(zip(there["files"].tolist(), map(tuple, there["values"].tolist()), strict=True))
    except (OSError, ValueError, KeyError, BadZipFile):
        return {}


def remember(file: Path | None, store: Store, values: Mapping[str, Values], kpis: Sequence[str]) -> None:
    """Write down the values of finished runs, so that 10,000 files need not be read when the sweep goes on."""
    if file is None or not values:
        return
    with one_clear_error(store.folder):
        rows = _rows(store, values)
        if not rows:
            return
        file.parent.mkdir(exist_ok=True)
        part = file.with_name(f"{uuid.uuid4().hex}.part.npz")
        np.savez(
            part, kpis=np.array(kpis), files=np.array(list(rows.values())), values=np.array([values[k] for k in rows])
        )
        os.replace(part, file)


def _values(files: Mapping[str, str], kpis: list[str]) -> dict[str, Values]:
    query = """
        SELECT filename, kpi, value FROM read_parquet(?, filename = true)
        WHERE "table" = 'outcomes' AND list_contains(?, kpi)
    """
    columns = connection().execute(query, [list(files), kpis]).fetchnumpy()
    value = columns["value"]
    numbers = value.filled(np.nan) if isinstance(value, np.ma.MaskedArray) else value
    found: dict[str, dict[str, float]] = {}
    for file, kpi, number in zip(columns["filename"], columns["kpi"], numbers.tolist(), strict=True):
        found.setdefault(files[str(file)], {})[str(kpi)] = number
    return {key: tuple(own[kpi] for kpi in kpis) for key, own in found.items() if len(own) == len(kpis)}


def kept_kpis(store: Store, missing: Sequence[str], asked: Sequence[str]) -> tuple[str, ...]:
    """Return the KPIs to compute: those asked for, and those that the store has of runs that lack some of them."""
    wanted = set(asked)
    there = sorted(store.known(missing))
    wanted.update(*(kpis_of(arms) for arms in store.read(there).values()))
    return tuple(name for name in KPIS if name in wanted)


def keys_of(plan: Plan, store: Store, progress: Report | None = None) -> Keys:
    """Return the keys of a plan; to check and hash 10,000 worlds takes many seconds, so those are written down."""
    if len(plan.worlds) < MANY_WORLDS:
        return plan.keys(progress)
    file = store.folder / MEMORIES / f"{_identity(plan)}.txt"
    try:
        lines = file.read_text(encoding="ascii").split()
        return np.array(lines, dtype="<U32").reshape(plan.shape)
    except (OSError, ValueError):
        keys = plan.keys(progress)
    with one_clear_error(store.folder):
        file.parent.mkdir(exist_ok=True)
        part = file.with_name(f"{uuid.uuid4().hex}.part")
        part.write_text("\n".join(keys.ravel().tolist()), encoding="ascii")
        os.replace(part, file)
    return keys


def _identity(plan: Plan) -> str:
    """Return a digest of everything that the keys of a plan depend on."""
    e = plan.experiment
    parts = [plan_digest(plan_of(e.base, name).parts) for name in e.strategies]
    places = [e.spec.model_dump(mode="json", include={"levers", "uncertainties"}), plan.points]
    return digest([scenario_hash(e.base), e.strategies, parts, places, plan.replications, e.seed, surroundings()])

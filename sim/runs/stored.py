"""Jobs of a comparison with a store behind them: what is there is read, only the rest is simulated and kept."""

from __future__ import annotations

import time
import traceback
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cache

from sim.metrics.catalogue import KPIS
from sim.runs.arms import Arms, Job, arms_of, join, labelled, luck_number, narrowed, run_job
from sim.runs.pool import Work
from sim.runs.store import Facts, RunKeys, Store
from sim.runs.store.store import kpis_of


@dataclass(frozen=True)
class StoredJob:
    """A job for a worker process that keeps each run as soon as it is done.

    Attributes
    ----------
    job : skips what is there already.
    folder : the store.
    runs : key and facts of each strategy that is not skipped.
    kpis : to compute and keep; those of the job, and what the store had of these runs before.
    """

    job: Job
    folder: str
    runs: Mapping[str, tuple[str, Facts]]
    kpis: tuple[str, ...]


def run_jobs(
    jobs: Sequence[Job],
    work: Work[Job, Arms],
    store: Store | None = None,
    keys: RunKeys | None = None,
    *,
    every_kpi: bool = False,
) -> Iterator[tuple[int, Arms]]:
    """Yield (number of the job, its labelled tables) as jobs are done; the same bytes with and without a store.

    Parameters
    ----------
    keys : of the jobs' scenario and seed, so that several batches hash it once.
    every_kpi : whether the store keeps the whole catalogue of each run and not only the KPIs of the jobs, so that later
        questions need no run; takes a tenth of the time of a run more.
    """
    if store is None or not jobs:
        yield from work(run_job, jobs)
        return
    book = keys or RunKeys(jobs[0].scenario, jobs[0].seed)
    asked = [{name: book.key(name, luck_number(job, name), job.future) for name in job.strategies} for job in jobs]
    there = store.read([key for own in asked for key in own.values()])
    wanted = set(KPIS) if every_kpi else set(jobs[0].kpis)
    enough = {key for key, arms in there.items() if kpis_of(arms) >= wanted}
    kept = wanted.union(*(kpis_of(there[key]) for key in there.keys() - enough))
    missing = [number for number, own in enumerate(asked) if not enough.issuperset(own.values())]
    for number in sorted(set(range(len(jobs))) - set(missing)):
        yield number, _joined(jobs[number], asked[number], there)
    kpis = tuple(name for name in KPIS if name in kept)
    waiting = [_stored_job(jobs[n], asked[n], enough, book, str(store.folder), kpis) for n in missing]
    fresh: Work[StoredJob, dict[str, Arms]] = work  # type: ignore[assignment]
    for k, arms in fresh(run_and_keep, waiting):
        number = missing[k]
        yield number, _joined(jobs[number], asked[number], {**there, **arms})


def _stored_job(
    job: Job, keys: Mapping[str, str], enough: Set[str], book: RunKeys, folder: str, kpis: tuple[str, ...]
) -> StoredJob:
    """Return what is to run of a job: the first strategy of each key that is not there, since two may be the same."""
    first = {key: name for name, key in reversed(list(keys.items())) if key not in enough}
    runs = {
        name: (key, book.facts(name, luck_number(job, name), job.future))
        for name, key in keys.items()
        if first.get(key) == name
    }
    return StoredJob(replace(job, skip=frozenset(job.strategies) - runs.keys()), folder, runs, kpis)


def _joined(job: Job, keys: Mapping[str, str], arms: Mapping[str, Arms]) -> Arms:
    """Return what `run_job` would have: only the KPIs of the job, labelled, in the job's order of strategies."""
    return join([
        labelled(narrowed(arms[keys[name]], job.kpis), job.future, name, job.replication) for name in job.strategies
    ])  # fmt: skip


def run_and_keep(stored: StoredJob) -> dict[str, Arms]:
    """Run what a job does not skip, keep it, and return the unlabelled tables by key.

    A run that fails is kept as failed before its error goes on.
    """
    job, store = stored.job, worker_store(stored.folder)
    done: dict[str, Arms] = {}
    began = time.perf_counter()
    try:
        for name, arms in arms_of(replace(job, kpis=stored.kpis)):
            now = time.perf_counter()
            key, facts = stored.runs[name]
            store.put(key, arms, facts.now(now - began), job.scenario)
            done[key], began = narrowed(arms, job.kpis), time.perf_counter()
    except Exception:
        _keep_failure(stored, store, len(done))
        raise
    return done


def _keep_failure(stored: StoredJob, store: Store, n_done: int) -> None:
    """Keep the failure of the first strategy that did not end."""
    names = list(stored.runs)
    if n_done < len(names):
        key, facts = stored.runs[names[n_done]]
        store.failed(key, traceback.format_exc(), facts.now(), stored.job.scenario)


@cache
def worker_store(folder: str) -> Store:
    """Return the one store of this worker process; the parent has compared catalogue and files."""
    return Store(folder, look=False)

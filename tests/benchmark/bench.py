"""Measure the simulator: `make bench`.

Prints outlet-days per second of the full model at several sizes, the share of time by part, peak memory, and in the
same run programs with one SimPy process for each outlet: `naive.py`, which has the model's demand and ordering, and
`naive_lean.py`, which has less. Every size runs in a process of its own. Kernels are compiled (or loaded) before any
clock starts; building the world is timed apart. Nothing here is a test: timings belong to a machine and a day.

Then it prints what the mechanisms cost that are off by default, each alone and together, against the same market
without them; `python -m tests.benchmark.bench switches` prints that alone.

The naive program runs as Python runs any program, and once more without Python's collector of cycles, which walks over
all its objects again and again though there are no cycles.
"""

from __future__ import annotations

import gc
import json
import math
import platform
import resource
import subprocess
import sys
import time
from collections import defaultdict
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmark.naive_lean import LeanMarket
from tests.benchmark.naive_start import naive_market
from tests.benchmark.scenarios import full_market, later_switches, naive_outlets, switched_market

SIZES = {1_000: 180, 10_000: 60, 100_000: 20}
"""Outlets → days timed, after the same market has run for `SETTLE` days."""

SETTLE = 30
NAIVE_SIZES = {1_000: 20, 10_000: 6}
NAIVE = {
    "naive": "a SimPy process per outlet",
    "uncollected": "the same without Python's collector",
    "lean": "a simpler one: one taste, no memory",
}
YEAR = (90, 365)
SWITCHED = 10_000
STRETCH, STRETCHES = 5, 18
"""Days timed at a time, by turns, and how often: other work on the machine then meets all markets alike."""
PARTS = 8


def peak_mb() -> float:
    """Return the largest resident memory of this process so far. [MB]"""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


def timed_session(scenario: object, parts: dict[str, float]) -> object:
    """Return a session whose acts add their seconds to `parts`; the product itself holds no clocks."""
    from sim.engine import Session

    def clock(wake, act) -> None:  # type: ignore[no-untyped-def]
        began = time.process_time()
        act()
        parts[f"{wake.moment.phase.name.lower()} / {wake.moment.rank.name.lower()}"] += time.process_time() - began

    session = Session(scenario)  # type: ignore[arg-type]
    session.watch(clock)
    return session


def measure_model(outlets: int, days: int) -> dict[str, object]:
    """Time the full model."""
    from sim.engine import Session

    Session(full_market(200, 0, 40)).step(40)
    began = time.process_time()
    session = Session(full_market(outlets, 0, SETTLE + days))
    build = time.process_time() - began
    session.step(SETTLE)
    began = time.process_time()
    session.step(SETTLE + days)
    seconds = time.process_time() - began
    parts: dict[str, float] = defaultdict(float)
    watched = timed_session(full_market(outlets, 0, SETTLE + days // 2), parts)
    watched.step(SETTLE)  # type: ignore[attr-defined]
    parts.clear()
    watched.step(SETTLE + days // 2)  # type: ignore[attr-defined]
    rows = session.world.n_outlets
    return {
        "outlets": rows,
        "days": days,
        "build_s": build,
        "seconds": seconds,
        "rate": rows * days / seconds,
        "ns": seconds / rows / days * 1e9,
        "peak_mb": peak_mb(),
        "parts": dict(parts),
    }


def measure_year() -> dict[str, object]:
    """Time a year of 1,000 outlets with its burn-in, from a built world to the tables."""
    from sim.engine import Session

    Session(full_market(200, 0, 40)).step(40)
    session = Session(full_market(1_000, *YEAR))
    began = time.process_time()
    session.step(sum(YEAR))
    seconds = time.process_time() - began
    tables = session.observe()
    return {
        "seconds": seconds,
        "tables_s": time.process_time() - began - seconds,
        "rows": sum(map(len, tables.values())),
    }


def measure_naive(outlets: int, days: int, collects: bool = True) -> dict[str, object]:
    """Time one SimPy process for each outlet, after it has settled as the model has."""
    market = naive_market(full_market(outlets, 0, SETTLE + days), seed=1)
    market.run(SETTLE)
    if not collects:
        gc.disable()
    return naive_figures(sum(shop.is_open for shop in market.outlets) * days, market.run(days))


def measure_lean(outlets: int, days: int) -> dict[str, object]:
    """Time the simpler program."""
    scenario = full_market(outlets, 0, SETTLE + days)
    shops = naive_outlets(scenario)
    market = LeanMarket(shops, scenario.category.dispersion, math.exp(scenario.consumers.no_purchase_utility), seed=1)
    market.run(SETTLE)
    return naive_figures(len(shops) * days, market.run(days))


def naive_figures(outlet_days: int, seconds: float) -> dict[str, object]:
    """Return what the table shows of a naive program."""
    return {"rate": outlet_days / seconds, "ns": seconds / outlet_days * 1e9, "peak_mb": peak_mb()}


def measure_switches() -> dict[str, dict[str, float]]:
    """Time the region's later mechanisms, each alone and all together, by turns with the same market without them.

    Returns
    -------
    By switch, median nanoseconds per outlet-day, and the medians of what they are more, and how many times as many.
    """
    from sim.engine import Session

    later, days = later_switches(), SETTLE + STRETCH * STRETCHES
    switches = {"none": [], **{name: [name] for name in later}, "all": later}
    sessions = {name: Session(switched_market(SWITCHED, days, on)) for name, on in switches.items()}
    times: dict[str, list[float]] = {name: [] for name in sessions}
    for session in sessions.values():
        session.step(SETTLE)
    for _ in range(STRETCHES):
        for name, session in sessions.items():
            began = time.process_time()
            session.step(session.day + STRETCH)
            times[name].append((time.process_time() - began) / STRETCH / session.world.n_outlets * 1e9)
    return {name: _against(row, times["none"]) for name, row in times.items()}


def _against(row: list[float], without: list[float]) -> dict[str, float]:
    pairs = list(zip(row, without, strict=True))
    return {
        "ns": median(row),
        "more": median(mine - other for mine, other in pairs),
        "ratio": median(mine / other for mine, other in pairs),
    }


def print_switches() -> None:
    """Print what each mechanism costs as Markdown."""
    print(f"\n| switched on, {SWITCHED:,} outlets | ns per outlet-day | more than without | ratio |")
    print("| --- | ---: | ---: | ---: |")
    for name, row in alone("measure_switches").items():
        print(f"| {name} | {row['ns']:,.0f} | {row['more']:+,.0f} | {row['ratio']:.3f} |")


def alone(*job: str) -> dict[str, Any]:
    """Run one measurement in a fresh process."""
    command = [sys.executable, "-m", "tests.benchmark.bench", *job]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def main() -> None:
    """Measure everything and print it as Markdown."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    cpu = next((x.split(":")[1].strip() for x in lines if "model name" in x), "?")
    machine = f"{platform.system()} {platform.machine()}, {cpu}"
    print(f"{time.strftime('%Y-%m-%d')}, {machine}, Python {platform.python_version()}\n")
    naive = {(n, kind): alone(kind, str(n), str(d)) for n, d in NAIVE_SIZES.items() for kind in NAIVE}
    reference = naive[max(NAIVE_SIZES), "naive"]["ns"]
    print("| program | outlets | build s | days | outlet-days/s | ns per outlet-day | against naive | peak MB |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for (n, kind), row in naive.items():
        speed = f"{row['rate']:,.0f} | {row['ns']:,.0f} | {reference / row['ns']:.1f}"
        print(f"| {NAIVE[kind]} | {n:,} | | | {speed} | {row['peak_mb']:.0f} |")
    results = [alone("model", str(n), str(d)) for n, d in SIZES.items()]
    for row in results:
        print(
            f"| arsim, full model | {row['outlets']:,} | {row['build_s']:.2f} | {row['days']} "
            f"| {row['rate']:,.0f} | {row['ns']:,.0f} "
            f"| {reference / row['ns']:.0f} | {row['peak_mb']:.0f} |"
        )
    year = alone("year")
    times = f"{year['seconds']:.2f} s; its tables: {year['tables_s']:.2f} s"
    print(f"\nA year of 1,000 outlets with {YEAR[0]} days of burn-in: {times}.\n")
    largest = sorted(results[1]["parts"], key=lambda part: -results[1]["parts"][part])[:PARTS]
    print("Share of time by part (phase / actor):\n")
    print("| outlets | " + " | ".join(largest) + " | all others |")
    print("| ---: |" + " ---: |" * (len(largest) + 1))
    for row in results:
        parts = row["parts"]
        total = sum(parts.values())
        shares = [parts.get(part, 0.0) / total for part in largest]
        print(f"| {row['outlets']:,} | " + " | ".join(f"{s:.0%}" for s in shares) + f" | {1.0 - sum(shares):.0%} |")
    print_switches()


if __name__ == "__main__":
    jobs = {
        "model": measure_model,
        "naive": measure_naive,
        "uncollected": partial(measure_naive, collects=False),
        "lean": measure_lean,
        "year": measure_year,
        "measure_switches": measure_switches,
    }
    if len(sys.argv) == 1:
        main()
    elif sys.argv[1] == "switches":
        print_switches()
    else:
        print(json.dumps(jobs[sys.argv[1]](*map(int, sys.argv[2:]))))

"""What a run leaves: tidy tables, the scenario and how it was run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class RunResult:
    """Tables of one run with all its replications.

    Attributes
    ----------
    scenario : as it was run.
    seed : root seed.
    tables : tidy frames by name; every one but `geography`, `territory_border` and `constants` has a `replication`
        column. `day` counts from the start date, the burn-in is negative; money in cents, goods in units.
    manifest : version, timings, notes on the census.
    """

    scenario: Scenario
    seed: int
    tables: dict[str, pd.DataFrame]
    manifest: dict[str, Any] = field(default_factory=dict)

    @property
    def seeds(self) -> list[int]:
        """Replication numbers; with the root seed they fix every draw."""
        return list(range(self.n_replications))

    @property
    def n_replications(self) -> int:
        """Number of replications."""
        return int(self.manifest.get("replications", 1))

    def __getitem__(self, table: str) -> pd.DataFrame:
        """Return one table by name."""
        return self.tables[table]


def join_replications(runs: Sequence[dict[str, pd.DataFrame]], static: frozenset[str]) -> dict[str, pd.DataFrame]:
    """Stack the tables of single replications under a leading `replication` column; static tables are taken once."""
    import pandas as pd

    joined: dict[str, pd.DataFrame] = {}
    for name in runs[0]:
        if name in static:
            joined[name] = runs[0][name]
            continue
        parts = []
        for number, run in enumerate(runs):
            part = run[name].copy()
            part.insert(0, "replication", number)
            parts.append(part)
        joined[name] = pd.concat(parts, ignore_index=True)
    return joined

"""What is known of a run besides its numbers: the line that the catalogue keeps and that every file carries."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

from sim._version import MODEL_VERSION


@dataclass(frozen=True)
class Facts:
    """Where a run came from. The key decides what it is; names here are those of whoever ran it first.

    Attributes
    ----------
    scenario, scenario_hash : name and hash of the scenario as stated; the store keeps a copy under the hash.
    future, strategy : names.
    replication : number that fixes the luck, together with the seed.
    seconds : of simulating and measuring. [s]
    created : time of writing, UTC, ISO 8601.
    model_version : of `sim._version`.
    """

    scenario: str
    scenario_hash: str
    future: str
    strategy: str
    seed: int
    replication: int
    seconds: float = 0.0
    created: str = ""
    model_version: int = MODEL_VERSION

    def now(self, seconds: float | None = None) -> Facts:
        """Return the facts with the present time, and with the seconds it took when given."""
        took = self.seconds if seconds is None else round(seconds, 3)
        return replace(self, created=datetime.now(UTC).isoformat(timespec="milliseconds"), seconds=took)

    def json(self) -> str:
        """Return the facts as one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=True)

    @classmethod
    def of_json(cls, text: str) -> Facts:
        """Read what `json` wrote."""
        return cls(**json.loads(text))

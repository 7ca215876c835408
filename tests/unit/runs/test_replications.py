from __future__ import annotations

import pandas as pd
import pytest

from sim.runs.replications import run
from sim.scenario.schema import Scenario

SMALL = {
    "calendar": {"duration_days": 5, "burn_in_days": 3},
    "territories": {"generate": {"n": 1}},
    "outlets": {"generate": {"n": 12}},
    "replications": 3,
}


@pytest.mark.slow
def test_the_tables_do_not_depend_on_the_number_of_processes():
    scenario = Scenario.model_validate(SMALL)
    seen: list[tuple[int, int]] = []
    together = run(scenario, workers=2, progress=lambda done, total: seen.append((done, total)))
    alone = run(scenario)
    assert together.tables.keys() == alone.tables.keys()
    for name, table in alone.tables.items():
        pd.testing.assert_frame_equal(together.tables[name], table)
    assert seen == [(0, 24), (8, 24), (16, 24), (24, 24)]
    assert together.n_replications == 3

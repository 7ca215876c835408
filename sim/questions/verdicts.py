"""What a comparison says: the one place that turns its outcomes into verdicts.

Tables on paper, on a page, in a file and in tests all ask here, so that they can't claim different things.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from sim.metrics.interval import LEVEL
from sim.questions.compare import Comparison
from sim.scenario.futures import PRESENT
from sim.statistics.paired import paired_table
from sim.statistics.stopping import NOMINAL_LEVEL


def level_of(comparison: Comparison) -> float:
    """Return what intervals must claim, so that they cover in 95 % of studies: more after optional stopping."""
    return LEVEL if comparison.rule is None else NOMINAL_LEVEL


def verdicts(comparison: Comparison, *, kpis: Sequence[str] | None = None, future: str = PRESENT) -> pd.DataFrame:
    """Return `paired_table` of a comparison: every strategy against the baseline, with Holm's adjustment.

    All rows are one family: with no difference anywhere, at most one table in twenty claims any.

    Parameters
    ----------
    kpis : the KPIs asked for when absent. Other KPIs make a family of their own.
    future : the stated world when absent.
    """
    wanted = comparison.kpis if kpis is None else tuple(kpis)
    outcomes = comparison.outcomes(future, wanted)
    return paired_table(outcomes, comparison.baseline, level=level_of(comparison), kpis=wanted)

"""Census files: reading them (CSV, Parquet, Excel, pandas), and making a clean outlet table of them.

What is wrong with a census is said by file, row and column here; nothing here knows what a world row is.
"""

from sim.scenario.census.clean import load_census
from sim.scenario.census.work import NO_OPENING_DAY, CensusNote, CensusTable

__all__ = ["NO_OPENING_DAY", "CensusNote", "CensusTable", "load_census"]

"""The store of runs: what was simulated once is read, not simulated again.

Files are the truth (`files`, `tables`, `whole`), the catalogue only an index that can be made anew from them
(`catalogue`), and a run's key says what it is (`keys`). Nothing here simulates.
"""

from sim.runs.store.facts import Facts
from sim.runs.store.keys import RunKeys
from sim.runs.store.store import Store

__all__ = ["Facts", "RunKeys", "Store"]

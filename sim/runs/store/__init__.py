"""The store of runs: what was simulated once is read, not simulated again.

Files are the truth (`files`, `tables`), the catalogue only an index that can be made anew from them (`catalogue`,
`contents`). Nothing here simulates.
"""

from sim.runs.store.catalogue import Facts
from sim.runs.store.store import Store

__all__ = ["Facts", "Store"]

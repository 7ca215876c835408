"""What is: the market's state as columns, how it is built from a scenario, and what must always hold.

Nothing here moves in time and nothing here knows SimPy; stock and cash columns are changed by the ledger alone.
"""

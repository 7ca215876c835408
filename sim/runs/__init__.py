"""The one way to run markets: cells, what is kept of them, executors, and the store of finished runs.

Everything that runs markets, whatever it asks, makes a plan of cells and hands it to `execute.execute`. Nothing here
knows which question is asked.
"""

"""The one way to run markets: cells, plans, executors, and the store of finished runs.

Nothing here knows which question is asked.
"""

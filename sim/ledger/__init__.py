"""The only hand that moves goods and cash: chart of accounts, journal, closing checks, recorder and its tables.

Nothing here decides anything; quantities come from kernels and agents.
"""

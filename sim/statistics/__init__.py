"""What tables of runs say: paired differences, stopping, selection, sensitivity, discovery, boundaries.

Pure functions of tables; nothing here runs a market or knows where runs are kept.
"""

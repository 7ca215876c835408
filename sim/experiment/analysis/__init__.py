"""Questions asked of many runs: what matters, which strategy wins where, what is best, how large the force should be.

Pure functions of tidy tables, or of an `Evaluate` that runs points of a `Space`; nothing here knows how runs are made.
SALib, Optuna and scikit-learn are the extra `analysis` and are loaded only by the functions that need them.
"""

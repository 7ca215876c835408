"""What the command line does besides parsing: folders of runs, progress bars, tables, the work of `arsim run`.

Nothing here computes a result; rich is imported only where something is drawn.
"""

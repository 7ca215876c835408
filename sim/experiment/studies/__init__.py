"""Studies: a question about many runs, answered by choosing runs, running them and saying what they show.

The mathematics lives in `sim.experiment.analysis` and knows no market; here a study of an experiment file is planned,
run through the store and put into an answer with tables. Pictures are drawn in `sim.report.study`.
"""

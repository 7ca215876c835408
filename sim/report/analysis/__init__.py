"""What `sim.statistics` found, as pictures and one self-contained page; computes nothing, runs nothing."""

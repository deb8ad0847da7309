"""The computations that decide who is helped: arrays in, arrays out, nothing else."""

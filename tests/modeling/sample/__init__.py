"""A small package in the form that the generator writes: models, a contract, nothing else."""

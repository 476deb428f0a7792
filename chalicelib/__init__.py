"""All that is packed into Lambda, and nothing else."""

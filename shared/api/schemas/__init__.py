"""Request and response bodies. The wire format is decided here and nowhere else."""

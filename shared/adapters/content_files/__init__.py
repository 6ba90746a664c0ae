"""Questions and credentials as files: YAML of the seeds, QTI 3, CSV, JSON, and zips of them."""

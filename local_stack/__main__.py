"""`python -m local_stack` is the `assay` command."""

from local_stack.cli import main

main()

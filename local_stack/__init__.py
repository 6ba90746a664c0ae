"""Runs the real CDK app on this machine: embedded PostgreSQL, AWS emulator, and the `assay` CLI."""

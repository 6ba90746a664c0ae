"""Tests that take parts of the stack away: the model, workers, messages, the index, keys."""

"""The append-only record of all that led to an answer or a decision."""

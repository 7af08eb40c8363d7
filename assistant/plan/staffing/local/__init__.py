"""Local search for rosters: millions of small changes, compiled, the same ones for the same seed."""

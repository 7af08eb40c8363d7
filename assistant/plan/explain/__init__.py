"""Explains plans by solving them again: why, why not, what it would be worth, what stands in the way, what if."""

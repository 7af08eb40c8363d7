"""Evaluations: is the assistant good? Reports, never assertions."""

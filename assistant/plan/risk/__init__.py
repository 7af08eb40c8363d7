"""The risk that a plan leaves open, computed from a forecast's quantiles."""

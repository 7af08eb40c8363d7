"""Plans: plan problems, their solvers, and what they hand back."""

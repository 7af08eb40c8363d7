"""Rosters of the public benchmark's kind: whole schedules priced by dynamic programming, chosen by linear programs.

Long horizons and many people begin with simulated annealing, whose small moves keep every rule.

`problem` states it, `cost` measures a roster, `kernel`, `find`, `groups` and `pricing` find one person's best schedule,
`master`, `approach`, `generate` and `integer` join schedules into a roster, `board`, `moves`, `gap_moves` and `anneal`
are the small moves, `first`, `search` and `worker` run all that on the whole and on parts, `solve` keeps the clock and
the best roster.
"""

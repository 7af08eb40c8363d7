"""Rosters of the public benchmark's kind: whole schedules priced by dynamic programming, chosen by linear programs.

`problem` states it, `cost` measures a roster, `kernel` and `pricing` find one person's best schedule, `master`,
`generate` and `integer` join schedules into a roster, `first`, `search` and `worker` run that on parts of the problem,
`solve` keeps the clock and the best roster.
"""

"""Who works when: rosters."""

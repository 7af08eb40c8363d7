"""Search over the handbook and over summaries of the records."""

"""Who goes to which bed."""

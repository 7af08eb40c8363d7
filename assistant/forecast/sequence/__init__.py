"""The sequence model: one recurrent network for all daily series of the hospital."""

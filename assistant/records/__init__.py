"""What the hospital records say: units, beds, staff, stock, movements; readers, store, census."""

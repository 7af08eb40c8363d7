"""Language models behind one interface: served, embedded, scripted."""

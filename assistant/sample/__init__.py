"""A simulated hospital that writes the files a real one would send."""

"""A decision assistant that a hospital runs by itself: questions in, explained and auditable plans out."""

__version__ = "0.1.0"

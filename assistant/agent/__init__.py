"""The agent: understand, run, write, ground; conversation memory."""

"""Language models: the embedded, the served and the scripted kind, and how each is asked which tools to call."""

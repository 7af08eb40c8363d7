"""The handbook that answers cite; installed as `assistant.knowledge`."""

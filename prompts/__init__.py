"""Texts that the language model reads, and the wording of answers; installed as `assistant.prompts`."""

"""What the assistant can do: one file per tool, the catalogue, the one door `call`."""

"""The steps that bring an older records database up to date; run by `assistant.records.schema` through alembic."""

"""Help text about CSV files: every kind with its columns and an example row."""

from assistant.records.csv_columns import KINDS
from assistant.records.csv_feed_columns import FEED_KINDS


def describe_csv() -> str:
    """Help text: each kind of CSV file with its columns and an example row."""
    blocks = []
    for kind in (*KINDS, *FEED_KINDS):
        example = ",".join(column.example for column in kind.columns)
        lines = [f"{kind.name}.csv: {kind.means}", f"  {','.join(kind.header)}", f"  {example}"]
        for column in kind.columns:
            must = " (required)" if column.required else ""
            lines.append(f"    {column.name}: {column.means}{must}")
        blocks.append("\n".join(lines))
    head = (
        "CSV files have a header row; lists use |, dates and times are ISO, empty is unknown. Encoding, separator and\n"
        "decimal sign are found by themselves. Other columns, dates and units of measurement: --mapping."
    )
    return "\n\n".join([head, *blocks])

"""The rules of data quality, one file for each group; `catalogue` lists them all."""

"""Forecasts of outbreaks: weekly cases, admissions and deaths of many regions, as quantiles."""

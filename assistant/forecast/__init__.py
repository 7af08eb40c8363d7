"""Forecasts of hospital demand as quantiles, with their accuracy so far."""

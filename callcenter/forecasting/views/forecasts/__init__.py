"""Forecasts as a list and as files, today, and how they come true."""

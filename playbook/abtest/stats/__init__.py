"""Estimates, intervals, power and boundaries of A/B tests, from moments and counts; no data is read here."""

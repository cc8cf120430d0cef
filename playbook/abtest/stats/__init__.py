"""Estimates, intervals, power and boundaries of A/B tests, from moments and counts.

No data is read here.
"""

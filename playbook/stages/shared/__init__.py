"""What several stages need.

Results and findings, days and months, targets, delivery, uptime, causes.
"""

"""What several stages need: results and findings, days and months, targets, delivery, uptime, causes."""

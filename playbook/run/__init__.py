"""Running the notebooks of a campaign and period, and publishing what comes out."""

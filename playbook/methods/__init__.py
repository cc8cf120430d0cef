"""Statistics on arrays and frames, each with its source; they know no campaign, no finding and no page."""

"""Statistics on arrays and frames, each with its source.

They know no campaign, no finding and no page.
"""

"""A downloaded file into a campaign.

Recognised, previewed, filed, and entered in the parameters.
"""

"""A downloaded file into a campaign: recognised, previewed, filed, and entered in the parameters."""

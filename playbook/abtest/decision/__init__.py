"""From effects to a verdict that one can defend: health, protocol, stakes, and the sentences that say it."""

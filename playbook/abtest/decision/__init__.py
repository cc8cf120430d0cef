"""From effects to a verdict that one can defend.

Health, protocol, stakes, and the sentences that say it.
"""

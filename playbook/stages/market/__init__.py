"""Stage 2.

Where the market moves, where competitors leave room, and which channels get how much.
"""

from playbook.stages.market.stage import analyse

__all__ = ["analyse"]

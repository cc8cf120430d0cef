"""The sample workspace from a simulator with known truths.

What generates differs from what is fitted later.
"""

from playbook.simulate.sample import SEED, write

__all__ = ["SEED", "write"]

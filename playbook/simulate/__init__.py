"""The sample workspace from a simulator with known truths; what generates differs from what is fitted later."""

from playbook.simulate.sample import SEED, write

__all__ = ["SEED", "write"]

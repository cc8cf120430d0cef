"""Kernels of the runner: forked from a warm server where the system can, plain elsewhere."""

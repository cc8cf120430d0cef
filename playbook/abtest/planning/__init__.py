"""Before a test: how large it must be, and whether the data behave."""

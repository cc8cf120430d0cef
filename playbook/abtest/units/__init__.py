"""From users' rows, wherever they lie, to the moments that effects need."""

"""One file as people download it: cells, grid, layout, and the days it covers."""

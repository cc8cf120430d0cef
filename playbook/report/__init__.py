"""What people see: words, figures, pages, and the results on disk."""

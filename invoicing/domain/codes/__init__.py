"""Code lists that an invoice quotes: each a data file, read the first time somebody asks, never changed while running."""

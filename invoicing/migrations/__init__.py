"""The tables, as they come to be."""

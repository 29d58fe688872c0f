"""Reports: what is outstanding, what came in, what was turned over and what tax is due."""

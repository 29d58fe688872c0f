"""The fonts that documents are written with: their files, and which characters they have."""

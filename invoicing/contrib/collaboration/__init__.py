"""Working on documents together: comments, attached files, and who is in charge."""

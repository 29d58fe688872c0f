"""Companies over HTTP: the one of the request, and those of the user."""

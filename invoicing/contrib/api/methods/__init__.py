"""Payment methods over HTTP."""

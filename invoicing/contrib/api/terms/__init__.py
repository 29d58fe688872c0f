"""Payment terms over HTTP."""

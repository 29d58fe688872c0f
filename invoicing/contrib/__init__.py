"""Optional apps: each is a Django app that a host adds to INSTALLED_APPS only if it wants it."""

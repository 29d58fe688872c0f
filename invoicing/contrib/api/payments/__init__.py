"""Payments over HTTP: money that came in or went out, and what it settles."""

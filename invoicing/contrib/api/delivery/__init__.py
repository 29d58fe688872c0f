"""Sending documents over HTTP."""

"""Webhooks over HTTP: who is told what."""

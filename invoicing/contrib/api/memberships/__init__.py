"""Memberships over HTTP: which company a user works in."""

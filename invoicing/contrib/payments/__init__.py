"""Payments: money that comes in and goes out, and what of it settles which document."""

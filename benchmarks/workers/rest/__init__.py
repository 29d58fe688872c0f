"""Requests per second of the API beside bare viewsets on the same tables."""

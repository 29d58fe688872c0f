"""Invoices for Django: made, numbered, taxed, frozen, rendered, sent, paid and reported."""

__version__ = "0.1.0"

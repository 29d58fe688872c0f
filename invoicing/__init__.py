"""Invoices for Django: made, numbered, taxed, frozen, rendered."""

__version__ = "0.1.0"

"""Invoices over HTTP: lists, documents with their items, acts."""

"""Who prints: a module for each, which serve.py loads as it loads a library. Each is asked for the same invoices in the same order."""

"""Dialects: tables of data that say the API in the words of other systems, and the engine that reads them."""

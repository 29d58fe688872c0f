"""The tables of the API: answers that are kept, and webhooks."""

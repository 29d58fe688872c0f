"""Webhooks: news of documents, written with the change they tell of, signed, and sent until they are taken."""

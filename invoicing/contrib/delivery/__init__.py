"""Delivery: documents sent by e-mail, reminders of what is not paid, and a log of both."""

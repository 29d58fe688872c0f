"""Stands in for the app `outputs`, whose export log django-invoicing points to: one empty table, so that deleting asks it."""

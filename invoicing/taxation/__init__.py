"""Taxation: from the facts of a supply to a decision that explains itself.

This floor is pure: no table, no network, no clock, no settings. What is handed in is all that it knows.
"""

from invoicing.taxation.policy import TaxationPolicy, TaxDecision, TaxFacts, TaxPart

__all__ = ["TaxDecision", "TaxFacts", "TaxPart", "TaxationPolicy"]

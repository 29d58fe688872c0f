"""Proof that no company sees another one: a walk over every address of a project, for the tests of a host.

Users of two companies ask each other's rows at every address, with every method, filter, ordering and body; whatever one of them sees or
changes of the other one is a leak. Nothing here needs a test framework.
"""

from invoicing.contrib.api.routes import Route
from invoicing.contrib.api.testing.reading import readings
from invoicing.contrib.api.testing.sides import Side
from invoicing.contrib.api.testing.walk import IsolationWalk, Leak, Unproven, walk

__all__ = ["IsolationWalk", "Leak", "Route", "Side", "Unproven", "readings", "walk"]

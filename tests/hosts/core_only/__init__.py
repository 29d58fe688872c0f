"""A host with nothing but what `invoicing` needs: two of Django's apps and the core dependencies."""

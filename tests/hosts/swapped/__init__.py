"""A host whose invoices have a column of their own: INVOICING_INVOICE_MODEL names its model."""

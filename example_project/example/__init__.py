"""A site with invoices: what a host project of `invoicing` looks like."""

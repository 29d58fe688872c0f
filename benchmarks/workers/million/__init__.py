"""A million invoices: made in SQL, asked by this library and by hand-written SQL, and written to files. PostgreSQL only."""

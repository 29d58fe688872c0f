"""An app for the test settings of a host: its `flush` works although the database protects issued invoices."""

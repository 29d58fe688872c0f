"""Reports over HTTP: of the company of the request, and of no other."""

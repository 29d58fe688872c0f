"""Who may do what in which company: memberships, roles, the company of a request."""

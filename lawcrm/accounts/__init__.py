"""Staff: accounts, roles, second factor, sessions."""

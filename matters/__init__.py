"""Matters: parties, teams, communications, documents, conflict checks."""

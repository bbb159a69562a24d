"""Contacts: people and organisations, their names, points of contact and relations."""

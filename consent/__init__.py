"""Purposes, consents and their withdrawal."""

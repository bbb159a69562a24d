"""Encryption of fields and files under one data key per person and per matter."""

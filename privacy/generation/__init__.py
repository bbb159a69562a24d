"""Firms of any size with made-up people, for measuring and trying out."""

"""Retention, holds, restriction, erasure and the search for what is left."""

"""Reads of the clients app."""

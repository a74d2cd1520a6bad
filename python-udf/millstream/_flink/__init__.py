"""The adapter for PyFlink: what its objects are made of, and what they do in its workers."""

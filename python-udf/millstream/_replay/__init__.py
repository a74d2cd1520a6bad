"""Runs functions on a saved bundle, in this process: `millstream replay`."""

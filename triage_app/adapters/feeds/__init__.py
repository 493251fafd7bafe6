"""Connectors: one file for each kind of live source."""

"""Triage: a desktop for security operations analysts."""

__version__ = "0.1.0"

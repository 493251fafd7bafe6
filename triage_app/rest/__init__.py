"""The local API: the third door, over HTTP."""

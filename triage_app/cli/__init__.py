"""The command line: a front end generated from the registry."""

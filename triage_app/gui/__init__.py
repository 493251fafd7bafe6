"""The desktop: windows over `App`, commands, queries and domain types."""

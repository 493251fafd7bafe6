"""Stand-ins for what lies outside, where the real thing would only cost time."""

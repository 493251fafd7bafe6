"""Where passwords and tokens are kept."""

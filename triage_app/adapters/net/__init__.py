"""What every connection out of the program shares: the policy for TLS and for HTTP."""

"""Every verb of the product, written against ports."""

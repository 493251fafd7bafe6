"""FastText models, their signatures and training, and dataset folders."""

"""Training: the candidates, how each is fitted and measured, and what its run keeps."""

"""The credit-scoring library: client records, cost, training, release, decision log. It knows nothing of HTTP."""

__version__ = "0.1.0"

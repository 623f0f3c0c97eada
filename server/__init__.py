"""What belongs to running under a server: the worker, the files that workers count into, what is refused before the app."""

SERVER = "credit-scoring"
"""What answers call this server: whoever looks for holes in a library isn't to be told its name."""

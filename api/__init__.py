"""The HTTP edge: who may call, what their bytes say, what they are told. Nothing below it knows of HTTP."""

"""Tests that try to break the decision log: the real service, its processes killed, its database taken away, its disk filled."""

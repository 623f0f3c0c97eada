"""Tests that send the real service what it has to refuse, and what it has to take; and that damage the model it loads."""

"""The monitoring page: its sections in words, tables and pictures, drawn from plain figures."""

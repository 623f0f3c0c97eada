"""Whom the model treats how: the groups, what is measured of each, the four-fifths rule, and their tables and picture."""

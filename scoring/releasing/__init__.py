"""Release: which run is chosen, and how it becomes what serves."""

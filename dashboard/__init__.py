"""The relationship manager's pages: a client of the API, over HTTP alone."""

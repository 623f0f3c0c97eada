"""Why a decision is what it is: contributions, reasons in words, what would change it, what wasn't known."""

"""The decision log: every decision issued, recorded before it is answered, with all that replaying it needs."""

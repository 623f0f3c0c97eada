"""What a lender would train instead of our model, measured by the same code on the same clients."""

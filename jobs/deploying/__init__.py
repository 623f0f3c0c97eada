"""A commit put on a platform, the service there asked, and what served before brought back: jobs.deploy and jobs.smoke_test."""

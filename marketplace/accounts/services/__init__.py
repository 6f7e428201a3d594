"""Services on accounts: joining, profile, portfolio, testimonials."""

"""Who people are: sign-up, sign-in, roles, profiles, portfolio, testimonials."""

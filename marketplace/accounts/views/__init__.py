"""Pages about people: their own account, and what others see of them."""

"""What people do with their accounts: join, present themselves, ask past customers for a word."""

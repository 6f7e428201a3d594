"""The link: address guard, fetch, verdict, check records."""

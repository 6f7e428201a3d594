"""What every room stands on: database, clock, doorbell, events, transitions, leases, money, errors."""

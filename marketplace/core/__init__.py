"""Infrastructure shared by all rooms: database, clock, doorbell, events, transitions, leases, money, errors."""

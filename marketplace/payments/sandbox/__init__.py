"""A payment provider that only plays at it: no real money moves, everything else behaves like a real one."""

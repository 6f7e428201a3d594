"""Simulated payment provider: no real money moves, everything else behaves like a real one."""

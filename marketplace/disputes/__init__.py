"""Disputes over held money: opened by either side, argued, settled in agreement or ruled on, at most appealed once."""

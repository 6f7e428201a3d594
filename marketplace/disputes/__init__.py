"""Disputes over held money: opened by one side, argued, settled by agreement or ruling, with at most one appeal."""

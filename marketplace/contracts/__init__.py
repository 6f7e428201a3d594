"""Picking the winner: one award a job, exactly."""

"""Contracts: one award per job, signatures, milestones, go-live checks and handover."""

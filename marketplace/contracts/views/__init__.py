"""Pages of this room: the award, the contract, its milestones, what went live, handing over."""

"""Reviews after a contract: both sides, sealed until both wrote; and the record of a person that is computed."""

"""Reviews after a contract, sealed until both sides wrote; and people's computed track records."""

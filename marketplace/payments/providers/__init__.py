"""Payment providers: the protocol and its implementations."""

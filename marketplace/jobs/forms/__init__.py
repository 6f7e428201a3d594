"""Forms: the topics of a spec, its requirements, and the search of jobs."""

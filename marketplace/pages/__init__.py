"""Pages that combine several rooms; they query the rooms below and pass templates all data."""

"""Pages composed of several rooms; they ask the rooms below and hand templates all that they show."""

"""HTTP serving between clients' connections and the application, so that slow clients can't block pages."""

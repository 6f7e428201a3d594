"""What stands between strangers' connections and the application, so that none of them can hold a page up."""

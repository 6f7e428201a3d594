"""Pages about money: paying, the statement, invoices, payouts, and the sandbox's pretended pages."""

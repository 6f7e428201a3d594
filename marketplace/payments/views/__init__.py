"""Views of payments: paying, statement, invoices, payouts, and the sandbox's pages."""

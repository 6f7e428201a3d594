"""Whether a page is like another one."""

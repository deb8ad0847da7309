"""Every task of the worker: one small function each, which calls one operation."""

"""Figures about speed, size and search quality; they are printed, never asserted."""

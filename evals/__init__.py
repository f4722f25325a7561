"""The answer-quality checks: cases, thresholds, baseline, and the tests that hold the answers to them."""

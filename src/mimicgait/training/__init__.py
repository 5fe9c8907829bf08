"""The three stages of training and their baselines."""

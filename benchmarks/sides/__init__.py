"""The two sides of benchmarks/train_step: our steps, and the same in PyTorch."""

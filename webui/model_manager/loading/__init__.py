"""From a model's files to its parts in memory: plans, weights as data, configurations that ship with the package."""

"""The command line: sub-commands over the same request type and the same errors as everything else."""

"""Sources: platform exports and the team's own files, read into validated canonical tables."""

from playbook.sources.imports.recognition import recognise
from playbook.sources.load import Tables, check, inputs, load, misnamed

__all__ = ["Tables", "check", "inputs", "load", "misnamed", "recognise"]

"""Sources: platform exports and the team's own files, read into validated canonical tables."""

from playbook.sources.load import Tables, check, inputs, load, misnamed
from playbook.sources.recognition import recognise

__all__ = ["Tables", "check", "inputs", "load", "misnamed", "recognise"]

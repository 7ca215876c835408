"""The one place where the version is written; packaging and run manifests read it here."""

__version__ = "0.1.0"

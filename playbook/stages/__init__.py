"""The seven stages: tables and parameters in, tables and findings out; no file is read, nothing is drawn."""

"""Seeds as YAML files: read, validated, turned into domain objects."""

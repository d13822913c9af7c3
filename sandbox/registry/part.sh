# The container registry. Sourced.

start_registry() { OTEL_TRACES_EXPORTER=none start registry registry serve "$here/registry/config.yml"; }

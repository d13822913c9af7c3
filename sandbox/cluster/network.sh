# Addresses of the sandbox's own, so that nothing depends on the network around it. Sourced.

# A bridge without ports, where a dummy interface would do: not every kernel has those.
ip link add sandbox0 type bridge
ip address add "$node_address/24" dev sandbox0
ip address add "$outside_address/32" dev sandbox0
ip link set sandbox0 up
# Every address of the network is local: whoever starts a database or a broker just binds one.
ip route add local "$instance_network" dev lo
# Processes of the sandbox reach Services even where the container has no default route.
ip route add "$service_network" dev sandbox0 src "$node_address"

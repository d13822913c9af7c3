// CONNECT: tools in other containers reach the sandbox's host names through this proxy, so that nothing looks them up.
package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
)

// connect answers a CONNECT request. The sandbox's own names are served as if the client had connected to this port. A tool
// sends everything else that it needs, such as OpenTofu's providers, through its one proxy, too: that is connected with the
// outside, for neighbours only.
func (f *front) connect(w http.ResponseWriter, r *http.Request) {
	client, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		fail(w, http.StatusInternalServerError, err.Error())
		return
	}
	client = &replay{Conn: client, reader: buffered.Reader}
	if isOwn(r.Host) {
		io.WriteString(client, "HTTP/1.1 200 Connection established\r\n\r\n")
		f.dispatch(client)
		return
	}
	defer client.Close()
	if !f.isNeighbour(client) {
		refuse(client, http.StatusForbidden, "only containers of the sandbox's own engine are connected with "+r.Host)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), greetingTimeout)
	defer cancel()
	server, err := f.dialOutward(ctx, "tcp", r.Host)
	if err != nil {
		refuse(client, http.StatusBadGateway, fmt.Sprintf("%s cannot be reached from the sandbox: %v", r.Host, err))
		return
	}
	defer server.Close()
	io.WriteString(client, "HTTP/1.1 200 Connection established\r\n\r\n")
	join(client, server)
}

// isOwn tells the names that the sandbox answers for; an address, or a name without a dot, can only mean itself.
func isOwn(host string) bool {
	return classify(host) != toIngress || strings.HasSuffix(bareHost(host), "."+domain)
}

// refuse says why in the status line: it is all of the answer that clients show.
func refuse(client net.Conn, status int, why string) {
	fmt.Fprintf(client, "HTTP/1.1 %d %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", status, strings.Join(strings.Fields(why), " "))
}

// isNeighbour: does the client come from a container in this one's network? Not so what comes through the engine's tunnel,
// whose other end listens on all addresses of the host: it arrives from this container's router, which is the engine.
func isNeighbour(client net.Conn) bool {
	peer, local := addressOf(client.RemoteAddr()), addressOf(client.LocalAddr())
	return sameNetwork(peer, local, ownNetworks()) && !peer.Equal(router("/proc/net/route"))
}

// sameNetwork: is the peer in the network that the local address belongs to?
func sameNetwork(peer, local net.IP, networks []*net.IPNet) bool {
	for _, network := range networks {
		if network.IP.Equal(local) {
			return network.Contains(peer)
		}
	}
	return false
}

// outsideOnly refuses addresses in this machine's own networks: behind them are the sandbox's parts, which trust each other.
func outsideOnly(_, address string, _ syscall.RawConn) error {
	host, _, _ := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	if ip == nil || !ip.IsGlobalUnicast() {
		return fmt.Errorf("%s is not an address outside", host)
	}
	for _, network := range ownNetworks() {
		if network.Contains(ip) {
			return fmt.Errorf("%s is not an address outside", host)
		}
	}
	return nil
}

// ownNetworks lists the networks of this machine's interfaces; each one's IP is the address in it.
func ownNetworks() (networks []*net.IPNet) {
	addresses, _ := net.InterfaceAddrs()
	for _, address := range addresses {
		if network, ok := address.(*net.IPNet); ok {
			networks = append(networks, network)
		}
	}
	return networks
}

// router is the next hop of the default route in the kernel's table; nil where there is none.
func router(table string) net.IP {
	lines, _ := os.ReadFile(table)
	for line := range strings.Lines(string(lines)) {
		fields := strings.Fields(line) // interface, destination, gateway, ...; addresses backwards, in hexadecimal digits
		if len(fields) < 3 || fields[1] != "00000000" {
			continue
		}
		if hop, err := hex.DecodeString(fields[2]); err == nil && len(hop) == 4 {
			return net.IPv4(hop[3], hop[2], hop[1], hop[0])
		}
	}
	return nil
}

func addressOf(address net.Addr) net.IP {
	if tcp, ok := address.(*net.TCPAddr); ok {
		return tcp.IP
	}
	return nil
}

module wallet-world/gateway

go 1.24

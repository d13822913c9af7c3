module wallet-world/pause

go 1.24

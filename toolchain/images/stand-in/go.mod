module wallet-world/stand-in

go 1.24

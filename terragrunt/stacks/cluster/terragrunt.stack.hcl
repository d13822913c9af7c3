# What a cluster's environments share: network, Kubernetes, Kafka.

unit "network" {
  source = "../../units/network"
  path   = "network"
}

unit "eks" {
  source = "../../units/eks"
  path   = "eks"
}

unit "msk" {
  source = "../../units/msk"
  path   = "msk"
}

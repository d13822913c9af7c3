// Every version that the module's containers are made of, in one place.

/** Base images, by tag: a lock of their digests is `dagger lock`'s business, a mirror may serve them. */
export const images = {
  debian: "debian:trixie-slim",
  golang: "golang:1.26-trixie",
  postgres: "postgres:17-trixie",
} as const

/** Versions of released Go modules, as their tags say them. */
export const go = {
  actionlint: "v1.7.12",
  containerd: "v2.2.3",
  coredns: "v1.12.4",
  crane: "v0.21.7",
  distribution: "v3.1.1",
  etcd: "v3.6.5",
  helm: "v4.2.4",
  kubernetes: "v1.35.4",
  kwok: "v0.7.0",
  syft: "v1.57.1",
  terragrunt: "v1.1.3",
  tofu: "v1.12.6",
} as const

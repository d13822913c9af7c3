// A release in a cluster, as whoever installs, repairs or removes it is given it.
import type { Helm } from "../tools/helm.js"
import type { Kubernetes } from "../tools/kubernetes.js"

/** A release in a cluster. */
export interface Installed {
  helm: Helm
  kubernetes: Kubernetes
  namespace: string
  name: string
  /** Seconds for hooks, and until all is ready. */
  timeout: number
}

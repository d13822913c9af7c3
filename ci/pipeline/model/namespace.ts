/** What every namespace of ours says of itself. */

/** Kubernetes enforces the Pod Security standard "restricted" in a namespace with these labels. */
export const NAMESPACE_LABELS = {
  "pod-security.kubernetes.io/enforce": "restricted",
  "pod-security.kubernetes.io/enforce-version": "latest",
}

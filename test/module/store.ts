// Writing into a deployed store, as a program in its cluster does: a pod whose labels the network policy lets in.
import { randomUUID } from "node:crypto"

/**
 * Writes a dApp through the API's port for that.
 *
 * @param kubectl a client of the cluster
 * @param namespace the store's
 * @param id the dApp's
 * @param document its document
 * @throws with the API's answer, when it refuses
 */
export async function writeDapp(
  kubectl: (...args: string[]) => Promise<string>,
  namespace: string,
  id: string,
  document: object,
): Promise<void> {
  const ask = `
    const answer = await fetch("http://api:8081/dapps/${id}", { method: "PUT", body: process.env.BODY })
    console.log(answer.status, await answer.text())
    process.exit(answer.ok ? 0 : 1)`
  const image = await kubectl(
    ...["get", "deployment", "api", "-n", namespace, "-o", "jsonpath={.spec.template.spec.containers[0].image}"],
  )
  const name = `writer-${randomUUID()}`
  const container = {
    name,
    image,
    command: ["node", "--input-type=module", "--eval", ask],
    env: [{ name: "BODY", value: JSON.stringify(document) }],
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
  }
  const securityContext = { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: "RuntimeDefault" } }
  const spec = { securityContext, automountServiceAccountToken: false, containers: [container] }
  await kubectl(
    ...["run", name, "-n", namespace, "--image", image, "--restart", "Never", "--labels", "dapp-store/writes=true"],
    ...["--overrides", JSON.stringify({ apiVersion: "v1", spec })],
  )
  try {
    const ended = "jsonpath={.status.containerStatuses[0].state.terminated.exitCode}"
    await kubectl("wait", `pod/${name}`, "-n", namespace, `--for=${ended}`, "--timeout=90s")
    const code = await kubectl("get", "pod", name, "-n", namespace, "-o", ended)
    if (code !== "0") throw new Error(`${id} was not written: ${await kubectl("logs", name, "-n", namespace)}`)
  } finally {
    await kubectl("delete", "pod", name, "-n", namespace, "--wait=false")
  }
}

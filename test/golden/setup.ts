// Gives the golden tests the Helm that the pipeline itself uses.
import { tool } from "../module/world.js"

export default async function setup(): Promise<void> {
  process.env.HELM ??= await tool("helm")
}

// programs, publish-program, pin-programs, sbom: what the module runs, as images that need not be made on each machine.
import { type Container, type Directory, dag, type File, type Platform } from "@dagger.io/dagger"
import { canonicalJson, formatTable } from "../model/index.js"
import { keepPrograms, type Program, programName } from "../tools/program.js"
import { published } from "../tools/published.js"
import { gatewayProgram, sandboxProgram } from "../tools/sandbox-programs.js"
import { stepTools, toolbox, toolNames, toolProgram } from "../tools/toolbox.js"

/** The platforms that programs are published for. */
const platforms = ["linux/amd64", "linux/arm64"]

interface Listed {
  program: string
  platform: string
  /** Name and tag below the repository. */
  name: string
}

const all = (home: Directory): Record<string, Program> => ({
  ...Object.fromEntries(toolNames.map((tool) => [tool, toolProgram(tool)])),
  sandbox: sandboxProgram(home),
  gateway: gatewayProgram(home),
})

function listed(home: Directory): Promise<Listed[]> {
  return Promise.all(
    Object.entries(all(home)).flatMap(([program, how]) =>
      platforms.map(async (platform) => ({ program, platform, name: await programName(program, how, platform) })),
    ),
  )
}

/**
 * Lists the programs that the module runs.
 *
 * @param home the directory `sandbox`
 * @param missing lists only those that are not pinned, as one line of JSON
 * @returns a table, or a list of `{program, platform}`
 */
export async function programList(home: Directory, missing: boolean): Promise<string> {
  const { repository, digests } = published()
  const rows = await listed(home)
  if (missing)
    return JSON.stringify(
      rows.filter(({ name }) => !digests[name]).map(({ program, platform }) => ({ program, platform })),
    )
  const table = formatTable(
    ["program", "platform", "name", "digest"],
    rows.map(({ program, platform, name }) => [program, platform, name, digests[name] ?? "-"]),
  )
  return `Published in ${repository}; what has no digest is made where it is used.\n\n${table}`
}

/**
 * Makes a program for the engine's platform and pushes it under the name of its recipe, also when something is there: what
 * says where it was made must say so of this one, however an earlier run ended.
 *
 * @param home the directory `sandbox`
 * @param name the program
 * @param repository where to, such as ghcr.io/OWNER/wallet-world
 * @returns JSON: `image` and `digest`
 * @throws when there is no such program, the repository cannot be one, or the registry refuses
 */
export async function publishProgram(home: Directory, name: string, repository: string): Promise<string> {
  const programs = all(home)
  const program = programs[name]
  if (!program) throw new Error(`there is no program ${name}: there are ${Object.keys(programs).join(", ")}`)
  const place = checked(repository)
  const reference = `${place}/${await programName(name, program, await dag.defaultPlatform())}`
  const digest = digestIn(await (await program.image()).publish(reference))
  return JSON.stringify({ image: `${place}/${name}`, digest })
}

/**
 * Asks the registry for the digests of all programs.
 *
 * @param home the directory `sandbox`
 * @param repository where they are published
 * @returns the text of `ci/published.json`
 * @throws with every program that the registry does not give: nothing is pinned then
 */
export async function pinPrograms(home: Directory, repository: string): Promise<string> {
  const place = checked(repository)
  const problems: string[] = []
  const digests: Record<string, string> = {}
  await Promise.all(
    (await listed(home)).map(async ({ program, platform, name }) => {
      try {
        digests[name] = await digestOf(`${place}/${name}`, platform)
      } catch (error) {
        problems.push(
          `${place}/${name} (publish-program --name ${program} on ${platform}): ${(error as Error).message}`,
        )
      }
    }),
  )
  if (problems.length > 0)
    throw new Error(`nothing was pinned; these cannot be found:\n  ${problems.sort().join("\n  ")}`)
  return `${canonicalJson({ repository: place, digests }, 2)}\n`
}

/**
 * What a deployment runs, as image archives that outlive the engine's cache.
 *
 * @param home the directory `sandbox`
 * @returns a directory to hand in again with `--kept-programs`
 */
export async function keptPrograms(home: Directory): Promise<Directory> {
  const programs = all(home)
  // kubectl is compiled with the sandbox's Kubernetes.
  const names = ["sandbox", "gateway", ...stepTools, "kubectl"]
  return keepPrograms(Object.fromEntries(names.map((name) => [name, programs[name]])))
}

/**
 * The software bill of materials of an image: every package of Debian, Go, Python, Java and Node in it.
 *
 * @param image reference with digest
 * @returns CycloneDX, as JSON
 * @throws when the reference has no digest, or the image cannot be pulled
 */
export async function billOfMaterials(image: string): Promise<File> {
  if (!/@sha256:[0-9a-f]{64}$/.test(image))
    throw new Error(`${image} has no digest: a bill of materials is of one exact image, so pass IMAGE@sha256:…`)
  return (await toolbox("syft"))
    .withMountedFile("/image.tar", pulled(image).asTarball())
    .withEnvVariable("SYFT_CHECK_FOR_APP_UPDATE", "false")
    .withExec(["syft", "scan", "--quiet", "--output", "cyclonedx-json=/sbom.json", "oci-archive:/image.tar"])
    .file("/sbom.json")
}

/** A repository as registries want it: GitHub's names of owners may have capitals, those of images may not. */
function checked(repository: string): string {
  if (repository.includes("--"))
    throw new Error(`${repository} is a placeholder: pass --repository, such as ghcr.io/OWNER/wallet-world`)
  const place = repository.toLowerCase()
  if (!/^[a-z0-9.-]+(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)+$/.test(place))
    throw new Error(`${repository} is no repository: pass --repository HOST/NAME, such as ghcr.io/OWNER/wallet-world`)
  return place
}

const pulled = (reference: string, platform?: string): Container =>
  dag.container(platform ? { platform: platform as Platform } : {}).from(reference)

const digestOf = async (reference: string, platform?: string) => digestIn(await pulled(reference, platform).imageRef())

const digestIn = (reference: string) => reference.slice(reference.indexOf("@") + 1)

// Where a copied image comes from: by its pinned digest if it has one, else as its registry answers for the tag now.
import { type Container, dag, type Platform } from "@dagger.io/dagger"
import { atDigest, pinnedDigest, unpinned } from "../model/index.js"
import { copyImage, digestAt, pushImage } from "../tools/crane.js"
import { digestOf } from "../tools/ecr.js"
import { reasonOf, say } from "../tools/say.js"
import type { Deployment } from "./deployment.js"

/** The label of images that only stand in for what cannot be had; a value says what for. */
export const standInLabel = "io.wallet-world.stand-in"

/** An image that is copied. */
export interface Copied {
  /** The ECR repository. */
  repository: string
  /** Reference of what is copied, with host and tag. */
  copy: string
}

/** What is to be copied, and whether it is in the target's registry. */
export interface Upstream {
  /** Reference with digest. */
  reference: string
  tag: string
  digest?: string
}

/**
 * Finds out what is to be copied. Where a pin says it and the target's registry has it, nobody else is asked.
 *
 * @param name the image's name
 * @param image where it is copied from
 * @param deployment the deployment
 * @throws when the target demands pins and there is none, or the image cannot be had
 */
export async function findUpstream(name: string, image: Copied, deployment: Deployment): Promise<Upstream> {
  const { pins } = deployment.sources
  const pinned = pinnedDigest(name, image.copy, pins)
  if (!pinned) {
    if (deployment.target.demandsPins) throw new Error(unpinned(name, image.copy, pins))
    return present(image, await digestNow(image.copy, deployment), deployment)
  }
  const found = await present(image, pinned, deployment)
  if (found.digest || deployment.target.demandsPins) return found
  return (await standIn(found.reference, image, deployment)) ?? found
}

/**
 * Copies what was found, as it is. A container may not be able to reach a registry that the engine can: the engine may have
 * mirrors, and has the logins of whoever calls. Then the engine pulls it, for one platform only.
 *
 * @param image where it is copied from
 * @param upstream what was found
 * @param deployment the deployment
 * @returns the digest under which the target's registry holds it
 */
export async function copyUpstream(
  image: Copied,
  { reference, tag }: Upstream,
  deployment: Deployment,
): Promise<string> {
  const { target, place } = deployment
  const registry = await deployment.registry()
  try {
    await copyImage(target, registry, reference, image.repository, tag)
  } catch (error) {
    const { platform } = deployment.stage
    const why = reasonOf(error)
    say(`${image.copy}: the engine pulls it, for ${platform} only: ${briefly(why)}`)
    try {
      const tarball = await pulled(reference, platform).asTarball().sync()
      return await pushImage(target, registry, tarball, image.repository, tag)
    } catch (second) {
      throw new Error(`${reference} cannot be copied.\n${why}\n${reasonOf(second)}`)
    }
  }
  const [, expected] = reference.split("@")
  const digest = await digestOf(place, image.repository, tag)
  if (digest !== expected)
    throw new Error(`${reference} was copied, but ${image.repository}:${tag} is ${digest ?? "not there"}`)
  return digest
}

/** Why a copy failed, in a line: of a registry that cannot be reached its name is enough. */
function briefly(why: string): string {
  const [, registry] = /(\S+?)(?::443)? cannot be reached from the sandbox/.exec(why) ?? []
  return registry ? `containers cannot reach ${registry}` : String(why.trim().split("\n").at(-1))
}

async function present({ repository, copy }: Copied, digest: string, { place }: Deployment): Promise<Upstream> {
  const tag = `copy-${digest.slice("sha256:".length).slice(0, 40)}`
  return { reference: atDigest(copy, digest), tag, digest: await digestOf(place, repository, tag) }
}

/** The digest that the registry answers now: to the engine, or else to a container, which reaches the target's own. */
async function digestNow(copy: string, deployment: Deployment): Promise<string> {
  try {
    const [, digest] = (await pulled(copy, deployment.stage.platform).imageRef()).split("@")
    return digest
  } catch (error) {
    const registry = await deployment.registry()
    return digestAt(deployment.target, registry, copy).catch((second) => {
      throw new Error(`${copy} cannot be pulled.\n${reasonOf(error)}\n${reasonOf(second)}`)
    })
  }
}

/** Where the pinned image cannot be had, and a stand-in answers for it: that one. */
async function standIn(pinned: string, image: Copied, deployment: Deployment): Promise<Upstream | undefined> {
  const { platform } = deployment.stage
  const there = await pulled(pinned, platform)
    .imageRef()
    .catch(() => undefined)
  if (there) return undefined
  const labelled = await pulled(image.copy, platform)
    .label(standInLabel)
    .catch(() => undefined)
  return labelled ? present(image, await digestNow(image.copy, deployment), deployment) : undefined
}

const pulled = (reference: string, platform: string): Container =>
  dag.container({ platform: platform as Platform }).from(reference)

/** How a release names its chart: a directory of charts/ by its name, any other one by its path in the repository. */
import { z } from "zod"

/** Parts of a path, none of which is `.` or `..`, and a last one that is good for the name of an ECR repository. */
const CHART = /^((?!\.\.?\/)[^/\s]+\/)*[a-z0-9]([a-z0-9-]*[a-z0-9])?$/

export const chartSchema = z
  .string()
  .regex(
    CHART,
    "must be the name of a directory of charts/, or the path of a chart's directory in this repository; both end in lower-case letters, digits and inner dashes",
  )
  .describe("A directory of charts/, or the path of a chart's directory in the repository")

const OWN = "charts/"

/**
 * The directory of a chart in the repository.
 *
 * @example
 * chartDirectory("cardano-stuff") // "charts/cardano-stuff"
 * chartDirectory("services/shop/chart/shop") // "services/shop/chart/shop"
 */
export const chartDirectory = (chart: string): string => (chart.includes("/") ? chart : `${OWN}${chart}`)

/** The chart's name in the registry, in steps and in locks: the last part of its path. */
export const chartName = (chart: string): string => chart.slice(chart.lastIndexOf("/") + 1)

/** How a release names the chart in a directory, as short as can be. */
export const chartIn = (directory: string): string =>
  chartDirectory(chartName(directory)) === directory ? chartName(directory) : directory

/**
 * A version with a name of the content in it.
 *
 * @param version the chart's own; build metadata of its own stays in front
 * @param hash hexadecimal digits
 */
export const withContent = (version: string, hash: string): string =>
  `${version}${version.includes("+") ? "." : "+"}${hash.slice(0, 16)}`

/**
 * The model: environments, graph, plan and lock as plain data and pure functions. It knows no engine, no client and
 * no file system; whoever calls it brings the text of the files.
 *
 * Input: `Files`, a map from a path below `environments/` to the file's text, e.g. "preview-nightly.yaml",
 * "_tiers/dev.yaml", "images.yaml". Anything that is not YAML is ignored.
 *
 * Environments and clusters
 *   listEnvironments(files), listClusters(files): string[]   names, sorted; never throws on bad contents
 *   loadEnvironment(files, name, options?): Environment      merged, checked; throws ModelError with every problem
 *   loadEnvironments(files, options?): Environment[]         all of them; the problems of all in one ModelError
 *   loadCluster(files, name, options?): Stage                what the environments of a cluster share
 *     options.charts: string[]                               directories of the charts that exist (checked when given)
 *     options.chartFiles: ChartFiles                         their Chart.yaml files (checked when given)
 *   loadImages(files): Record<name, Image>                   all of images.yaml, used by an environment or not
 *   environmentYaml(env, {origins?}): string                 what `environment --name X` prints
 *
 *   Owner = { scope: "account"|"cluster"|"environment", name, tenant? }
 *   Stage = Owner & { account, region, domain, cluster, platform, chartRepository, tenants, protected,
 *     units: Record<unit, inputs>,
 *     releases: Record<name, { chart, namespace, values, secrets, needs, timeout, tenant?, podSecurity? }>,
 *     images: Record<name, { repository, copy } | { repository, build: { context, dockerfile?, target? } }>,
 *     wider: Stage[]                          // those that it stands on, the widest first
 *     uses: Record<name, Stage>               // other environments that this one refers to
 *     references, tree }
 *   Environment = Stage & { scope: "environment", host, network?, tier, github? }
 *   secrets: Record<Kubernetes Secret, Record<key, { arn, field? } | { value }>>
 *   stageIn(stage, scope): Stage | undefined, imagesOf(stage)     among a stage and those that it stands on
 *   unitsPath(scope), releasesPath(scope): Path                   where they stand in the merged files
 *
 * References: `${environment.host}`, `${repositories}`, `${github}` and `${tenants}` are filled in when loading; `${images.api}`,
 * `${infra.rds.address}` and `${environments.lace-dev.infra.rds.address}` stay until a step has yielded them:
 *   resolve(stage, path, lookup): { value, unresolved: LocatedReference[] }   path e.g. ["releases", "dapp-store", "values"]
 *   resolveAll(stage, path, lookup): value                                    throws ModelError if anything is unresolved
 *   lookupIn({ images, infra, environments }): Lookup                         a lookup over what is known so far
 *   exampleLookup(stage): Lookup                                              stand-ins, to render what is not deployed
 *   environmentNames(environments): string[]                                  what another one uses comes before it
 *
 * Graph
 *   buildGraph(stage): Graph = { stage, steps: Step[] }      in an order in which they can be carried out
 *   Step = { id, kind: "infrastructure"|"told"|"image"|"chart"|"release"|"handover", name, needs: id[], shared, ... }
 *   destroyOrder(graph, { shared? }): Step[]
 *   select(graph, (step) => boolean): Graph      those steps and all that they need
 *
 * Releases
 *   nextRepair(history): Repair | undefined      what has to be done before Helm can upgrade, or after it has failed
 *   wasGood(revision), lastOf(history), madeHere(revision), notAsMade(revision, made)
 *   unready(object): string | undefined          what an object of Kubernetes lacks to be ready
 *   changedFields(one, other): string[]          paths of the fields that differ
 *   troubles(pod, event?): Trouble[]             what keeps a pod from being ready
 *   complaint(events, object): string | undefined    the newest Warning about an object
 *   together([[name, words]]): string[]          the same words once, with all names
 *
 * Results
 *   formatTable(headers, rows), formatPlan(plan), formatResults(results): string
 *   formatReport(report), formatRemembered(title, { begun?, last? }): string | undefined
 *   formatLock(lock), lockDigest(lock), canonicalJson(value), digest(value): string
 *   argoApplications(stage, { registry, server, charts, lookup }): string      Argo CD Applications as YAML
 *   yamlText(value): string     YAML that every version reads alike     helmValues(values): string
 *   secrets.know(value), secrets.hide(text)                  takes known secrets out of a text; formsOf(value): how they are written
 *   formatPods(pods), formatAddresses(running, address): string      what runs, and where to look
 *   makeLock(stage, commit, yields): Lock     readPins(text): Pins     pinnedDigest(name, copy, pins): string | undefined
 */

export { changedFields } from "./cluster/compare.js"
export { complaint, type Event, eventsOf, withoutPods } from "./cluster/events.js"
export * from "./cluster/history.js"
export * from "./cluster/ownership.js"
export * from "./cluster/pods.js"
export { unready } from "./cluster/readiness.js"
export * from "./cluster/running.js"
export * from "./environments/environment.js"
export { exampleLookup } from "./environments/examples.js"
export { isPlaceholder, roleArn, tenantRoles, workflowRoles } from "./environments/github.js"
export * from "./environments/graph.js"
export { sharedKey, sharedOutputs, tenantPrefix } from "./environments/handover.js"
export { type Files, listClusters, listEnvironments } from "./environments/layered.js"
export { type LoadOptions, loadCluster, loadEnvironment, loadEnvironments, loadImages } from "./environments/load.js"
export { podSecurityLabels, TENANT_LABEL } from "./environments/namespace.js"
export { type Owner, ownerText, releasesPath, sameOwner, unitsPath } from "./environments/owner.js"
export * from "./environments/resolve.js"
export { defaultPlatform, type Release, type SecretValue } from "./environments/schema.js"
export { imagesOf, installedReleases, type Stage, stageIn } from "./environments/stage.js"
export { outputsTaken, SCOPES, type Scope, scopeOf } from "./environments/units.js"
export { argoApplications } from "./records/argocd.js"
export * from "./records/lock.js"
export * from "./records/plan.js"
export * from "./records/report.js"
export type { ChartFile, Dependency } from "./sources/chart-file.js"
export * from "./sources/chart-files.js"
export { chartDirectory, chartName, withContent } from "./sources/charts.js"
export * from "./sources/dockerignore.js"
export * from "./sources/images.js"
export * from "./sources/packing.js"
export * from "./sources/pins.js"
export { canonicalJson, digest } from "./text/canonical.js"
export { formsOf, Mask, secrets } from "./text/mask.js"
export { formatPosition, formatProblem, ModelError, type Position, type Problem } from "./text/problems.js"
export type { Json, Path } from "./text/tree.js"
export { helmValues, yamlText } from "./text/yaml.js"

// Layers, facts, and what is wrong with environment files.
import { describe, expect, it } from "vitest"
import { listEnvironments, loadEnvironment, loadEnvironments, ModelError } from "../../../ci/pipeline/model/index.js"
import { edited, files, infrastructureOf, problemsOf, world } from "./fixture.js"

const load = (changes: Record<string, string | undefined> = {}, name = "one") => loadEnvironment(files(changes), name)
const problems = (changes: Record<string, string | undefined>, name = "one") => problemsOf(() => load(changes, name))

describe("layers", () => {
  it("lists environments, not layers, images or locks", () => {
    expect(listEnvironments(files({ "images.lock.yaml": "{}", "schema.json": "{}" }))).toEqual(["one", "two"])
  })

  it("merges defaults, cluster, network, tier and the environment's own file, in this order", () => {
    const layer = (value: string) => `releases:\n  shop:\n    values:\n      ${value}: ${value}\n      last: ${value}\n`
    const { values } = load({
      "_clusters/main.yaml": layer("cluster"),
      "_networks/preview.yaml": layer("network"),
      "_tiers/dev.yaml": layer("tier"),
      "one.yaml": `${world["one.yaml"]}${layer("own")}`,
    }).releases.shop
    expect(values).toMatchObject({ cluster: "cluster", network: "network", tier: "tier", own: "own", last: "own" })
    expect(
      load({ "_clusters/main.yaml": layer("cluster"), "_networks/preview.yaml": layer("network") }).releases.shop.values
        .last,
    ).toBe("network")
  })

  it("merges maps, replaces lists; null is for Helm in values, and removes a key everywhere else", () => {
    const own = `${world["one.yaml"]}releases:\n  shop:\n    values:\n      database: null\n      list: [3]\n      map: { b: 2, c: { d: null, e: 1 } }\n`
    const tier = "releases:\n  shop:\n    values:\n      list: [1, 2]\n      map: { a: 1 }\n"
    const { values } = load({ "_tiers/dev.yaml": tier, "one.yaml": own }).releases.shop
    expect(values).toEqual({
      image: "${images.shop}",
      host: "shop.one.example.org",
      list: [3],
      database: null,
      map: { a: 1, b: 2, c: { d: null, e: 1 } },
    })
    const rest = "releases: { shop: { secrets: { db: null }, values: { map: null } } }\n"
    const { secrets } = load({
      "_tiers/dev.yaml": "releases: { shop: { secrets: { db: { user: { value: x } } }, values: { map: { a: 1 } } } }\n",
      "one.yaml": `${world["one.yaml"]}${rest}`,
    }).releases.shop
    expect(secrets).toEqual({})
  })

  it("can take a whole release away", () => {
    expect(load({ "one.yaml": `${world["one.yaml"]}releases: { shop: null }\n` }).releases).toEqual({})
  })

  it("does not need a network", () => {
    expect(load({}, "two").network).toBeUndefined()
  })

  it("fills in facts and what was left out", () => {
    const environment = load()
    expect(environment).toMatchObject({ name: "one", host: "one.example.org", protected: false, network: "preview" })
    expect(environment.releases.shop).toMatchObject({ namespace: "shop-one", secrets: {}, needs: [], timeout: 300 })
    expect(infrastructureOf(environment).account.ecr.repositories).toEqual(["world/charts/shop", "world/shop"])
  })

  it("names the same repositories whichever environment is asked about", () => {
    const extra = { "two.yaml": `${world["two.yaml"]}releases:\n  more: { chart: more, namespace: more }\n` }
    const repositories = ["one", "two"].map((name) => infrastructureOf(load(extra, name)).account.ecr.repositories)
    expect(repositories[0]).toEqual(["world/charts/more", "world/charts/shop", "world/shop"])
    expect(repositories[1]).toEqual(repositories[0])
  })

  it("has only the images that the environment refers to", () => {
    const images = `${world["images.yaml"]}other:\n  repository: world/other\n  copy: docker.io/library/other:1\n`
    expect(Object.keys(load({ "images.yaml": images }).images)).toEqual(["shop"])
  })
})

describe("mistakes", () => {
  it("unknown environment", () => {
    expect(problems({}, "on")).toEqual(['there is no environment "on" | did you mean "one"? known: one, two'])
  })

  it("typo in a key at the top, and deep inside", () => {
    expect(problems(edited("_defaults.yaml", "releases:", "relases:"))).toEqual([
      expect.stringMatching(/^_defaults\.yaml:15:1 unknown key "relases" \| did you mean "releases"\?/),
      "_tiers/dev.yaml:2:3 releases.shop.chart is missing | it must be a string",
      "_tiers/dev.yaml:2:3 releases.shop.namespace is missing | it must be a string",
    ])
    expect(problems(edited("_defaults.yaml", "    chart: shop", "    chrat: shop"))).toEqual([
      expect.stringMatching(
        /^_defaults\.yaml:17:5 unknown key "chrat" in releases\.shop \| did you mean "chart"\? known: /,
      ),
      "_tiers/dev.yaml:2:3 releases.shop.chart is missing | it must be a string",
    ])
    expect(problems(edited("_defaults.yaml", "availability_zone_ids", "availabilty_zone_ids"))[1]).toMatch(
      /^_defaults\.yaml:11:7 unknown key "availabilty_zone_ids" in infrastructure\.cluster\.network \| did you mean "availability_zone_ids"\?/,
    )
  })

  it("missing value", () => {
    expect(problems(edited("_defaults.yaml", "region: us-east-1\n", ""))).toEqual([
      "one.yaml:1:1 region is missing | it must be a string",
    ])
    expect(problems({ "one.yaml": "cluster: main\n" })).toEqual(["one.yaml:1:1 tier is missing | it must be a string"])
  })

  it("an empty value is not taken for null", () => {
    expect(problems(edited("_defaults.yaml", "    chart: shop", "    chart:"))).toEqual([
      '_defaults.yaml:17:5 "chart" has no value | write {} for an empty map, null to remove what lower layers set',
    ])
  })

  it("wrong types, with what they are", () => {
    expect(problems(edited("_defaults.yaml", '"123456789012"', "123456789012"))).toEqual([
      "_defaults.yaml:1:10 account must be a string, not the number 123456789012 | put quotes around it",
    ])
    expect(problems({ "_tiers/dev.yaml": 'protected: "yes"\n' })).toEqual([
      '_tiers/dev.yaml:1:12 protected must be true or false, not the string "yes"',
    ])
    expect(problems({ "_tiers/dev.yaml": "releases:\n  shop: [a]\n" })).toEqual([
      "_tiers/dev.yaml:2:9 releases.shop must be a map, not a list",
    ])
    expect(problems({ "_tiers/dev.yaml": "releases:\n  shop:\n    timeout: 1.5\n" })).toEqual([
      "_tiers/dev.yaml:3:14 releases.shop.timeout must be a whole number, not the number 1.5",
    ])
  })

  it("values that cannot be", () => {
    expect(problems(edited("_defaults.yaml", "region: us-east-1", "region: mars"))).toEqual([
      '_defaults.yaml:2:9 region must be an AWS region such as us-east-1 | it is the string "mars"',
    ])
    expect(
      problems({ "_tiers/dev.yaml": "infrastructure:\n  environment:\n    rds: { storage_type: gp4 }\n" }),
    ).toEqual([
      '_tiers/dev.yaml:3:26 infrastructure.environment.rds.storage_type cannot be the string "gp4" | did you mean "gp3"? known: gp3, io2',
    ])
    expect(problems({ "_tiers/dev.yaml": "releases:\n  Shop: { chart: shop, namespace: shop }\n" })).toEqual([
      '_tiers/dev.yaml:2:3 "Shop" must consist of lower-case letters, digits and inner dashes',
    ])
  })

  it("layers that do not exist", () => {
    expect(problems({ "one.yaml": "cluster: mian\nnetwork: preveiw\ntier: dve\n" })).toEqual([
      'one.yaml:1:10 there is no cluster "mian" | did you mean "main"? known: main',
      'one.yaml:2:10 there is no network "preveiw" | did you mean "preview"? known: preview',
      'one.yaml:3:7 there is no tier "dve" | did you mean "dev"? known: dev, prod',
    ])
  })

  it("files that would never be read", () => {
    expect(problems({ "_default.yaml": "{}", "_tier/dev.yaml": "{}", "three.yml": "{}" })).toEqual([
      expect.stringMatching(/^_default\.yaml:1:1 this file is never read \| layers are _defaults\.yaml, _clusters/),
      expect.stringMatching(/^_tier\/dev\.yaml:1:1 this file is never read/),
      "three.yml:1:1 this file is never read | name it .yaml",
    ])
  })

  it("values in a layer where they would differ between those who share them", () => {
    expect(
      problems({
        "_tiers/dev.yaml": "region: us-east-2\ninfrastructure:\n  cluster:\n    network: { cidr: 10.1.0.0/16 }\n",
      }),
    ).toEqual([
      expect.stringMatching(
        /^_tiers\/dev\.yaml:1:9 region cannot be set here: it is shared by several environments \| set it in _defaults\.yaml or _clusters\//,
      ),
      expect.stringMatching(/^_tiers\/dev\.yaml:4:5 infrastructure\.cluster cannot be set here/),
    ])
    expect(problems({ "_tiers/dev.yaml": "tier: prod\n" })).toEqual([
      "_tiers/dev.yaml:1:7 tier cannot be set in a layer: it selects the layers | set it in each environment's own file",
    ])
  })

  it("charts that do not exist, if the charts are known", () => {
    expect(problemsOf(() => loadEnvironment(files(), "one", { charts: ["charts/shops"] }))).toEqual([
      '_defaults.yaml:17:12 there is no chart "shop" | did you mean "shops"? known: shops',
    ])
    expect(problemsOf(() => loadEnvironment(files(), "one", { charts: ["charts/shop"] }))).toEqual([])
    const elsewhere = files(edited("_defaults.yaml", "chart: shop", "chart: services/shp/chart/shop"))
    expect(problemsOf(() => loadEnvironment(elsewhere, "one", { charts: ["services/shop/chart/shop"] }))).toEqual([
      '_defaults.yaml:17:12 there is no chart "services/shp/chart/shop" | did you mean "services/shop/chart/shop"? known: services/shop/chart/shop',
    ])
  })

  it("paths that lead out of the repository, or whose last part is no name", () => {
    for (const chart of ["../shop", "/charts/shop", "a/../shop", "./shop", "services/Shop", "services/shop/"])
      expect(problems(edited("_defaults.yaml", "chart: shop", `chart: ${chart}`))).toEqual([
        expect.stringMatching(
          /^_defaults\.yaml:17:12 releases\.shop\.chart must be the name of a directory of charts\//,
        ),
      ])
    for (const chart of ["charts/shop", "services/my.shop/chart/shop"])
      expect(problems(edited("_defaults.yaml", "chart: shop", `chart: ${chart}`))).toEqual([])
  })

  it("two charts of one name, in whichever environments", () => {
    const changes = {
      "two.yaml": `${world["two.yaml"]}releases:\n  shop: { chart: services/shop }\n`,
    }
    const name = "both would be pushed to one repository: rename the directory of one, and the name in its Chart.yaml"
    const one = `_defaults.yaml:17:12 chart "shop" has the same name as "services/shop" (environments/two.yaml:4:18) | ${name}`
    expect(problemsOf(() => loadEnvironment(files(changes), "one"))).toEqual([one])
    expect(problemsOf(() => loadEnvironments(files(changes)))).toEqual([
      one,
      `two.yaml:4:18 chart "services/shop" has the same name as "shop" (environments/_defaults.yaml:17:12) | ${name}`,
    ])
    expect(problems({ "two.yaml": changes["two.yaml"].replace("services/", "charts/") })).toEqual([])
  })

  it("releases that need what is not there, or each other", () => {
    const needs = (a: string, b: string) =>
      `releases:\n  shop:\n    needs: [${a}]\n  other:\n    chart: shop\n    namespace: other\n    needs: [${b}]\n`
    expect(problems({ "_tiers/dev.yaml": needs("othr", "") })).toEqual([
      '_tiers/dev.yaml:3:13 there is no release "othr" | did you mean "other"? known: other, shop',
    ])
    expect(problems({ "_tiers/dev.yaml": needs("other", "shop") })).toEqual([
      "_tiers/dev.yaml:3:12 releases depend on each other in a cycle: shop -> other -> shop",
    ])
  })

  it("a Secret that two releases of one namespace write", () => {
    const secrets = (name: string, namespace: string) =>
      `releases:\n  shop:\n    secrets: { login: { user: { value: a } } }\n  other:\n    chart: shop\n    namespace: ${namespace}\n    secrets:\n      ${name}: { user: { value: b } }\n`
    // The same namespace, though it is written in another way.
    expect(problems({ "_tiers/dev.yaml": secrets("login", "shop-one") })).toEqual([
      '_tiers/dev.yaml:8:7 Secret login in namespace shop-one is written by release "shop" (environments/_tiers/dev.yaml:3:16), too | give it another name, or use the Secret of "shop" and add `needs: [shop]`',
    ])
    expect(problems({ "_tiers/dev.yaml": secrets("other", "shop-one") })).toEqual([])
    expect(problems({ "_tiers/dev.yaml": secrets("login", "elsewhere-one") })).toEqual([])
  })

  it("images: neither or both kinds, a missing tag, two for one repository", () => {
    const images = (text: string) => problems({ "images.yaml": `${world["images.yaml"]}${text}` })
    expect(images("x:\n  repository: world/x\n  cpoy: docker.io/library/x:1\n")).toEqual([
      "images.yaml:5:1 x.copy is missing | it must be a string",
      'images.yaml:7:3 unknown key "cpoy" in x | did you mean "copy"? known: build, copy, repository',
    ])
    expect(images("x:\n  repository: world/x\n  copy: docker.io/library/x\n")[0]).toMatch(
      /^images\.yaml:7:9 x\.copy must be a full reference/,
    )
    expect(images("x:\n  repository: world/x\n  copy: docker.io/library/x:latest\n")[0]).toMatch(/must name a version/)
    expect(images("x:\n  repository: world/x\n  build: { context: ../elsewhere }\n")[0]).toMatch(
      /must be a directory of this repository/,
    )
    expect(images("x:\n  repository: world/shop\n  copy: docker.io/library/x:1\n")).toEqual([
      "images.yaml:6:15 x has the same repository as shop | each image needs one of its own",
    ])
  })

  it("reports the problems of several files and environments together, each once", () => {
    const broken = {
      ...edited("_defaults.yaml", "domain: example.org", "domain: 7"),
      "one.yaml": "cluster: main\ntier: dve\n",
      "images.yaml": "shop: {}\n",
    }
    const found = problemsOf(() => loadEnvironments(files(broken)))
    expect(found.map((line) => line.split(" ")[0])).toEqual([
      "_defaults.yaml:3:9",
      "images.yaml:1:1",
      "images.yaml:1:1",
      "one.yaml:2:7",
    ])
  })

  it("reports wrong shapes and wrong references together", () => {
    const tier = "relases: {}\nreleases:\n  shop:\n    timeout: soon\n    values: { x: '${infra.rds.adress}' }\n"
    expect(problems({ "_tiers/dev.yaml": tier }).map((line) => line.split(" ")[0])).toEqual([
      "_tiers/dev.yaml:1:1",
      "_tiers/dev.yaml:4:14",
      "_tiers/dev.yaml:5:18",
    ])
  })

  it("reports a problem of an environment that is referred to where it is", () => {
    const own = `${world["one.yaml"]}releases:\n  shop:\n    values:\n      x: \${environments.two.infra.rds.address}\n`
    const two = `${world["two.yaml"]}protected: maybe\n`
    expect(problems({ "one.yaml": own, "two.yaml": two })).toEqual([
      'two.yaml:3:12 protected must be true or false, not the string "maybe"',
    ])
  })

  it("references where nothing fills them in", () => {
    expect(problems(edited("images.yaml", "services/shop", "services/${environment.name}"))).toEqual([
      expect.stringMatching(
        /^images\.yaml:4:14 references such as \$\{environment\.name\} are not resolved in this file/,
      ),
    ])
  })

  it("secrets that are both a secret and a value", () => {
    const secret = (text: string) =>
      problems({ "_tiers/dev.yaml": `releases:\n  shop:\n    secrets: { s: { k: ${text} } }\n` })
    expect(secret("{ arn: x, value: z }")).toEqual([
      '_tiers/dev.yaml:3:34 "value" cannot be combined with the other keys in releases.shop.secrets.s.k',
    ])
    expect(secret("{ arn: x, feild: z }")[0]).toMatch(
      /unknown key "feild" .* did you mean "field"\? known: arn, field, value/,
    )
    expect(secret("{}")).toEqual([
      "_tiers/dev.yaml:3:21 releases.shop.secrets.s.k.arn is missing | it must be a string",
    ])
  })

  it("reads as text with everything in it", () => {
    const error = (() => {
      try {
        load({ "one.yaml": "cluster: main\ntier: dve\n" })
      } catch (caught) {
        return caught as ModelError
      }
    })()
    expect(error?.message).toBe(
      '1 problem in the environment files:\n  environments/one.yaml:2:7: there is no tier "dve"\n      did you mean "dev"? known: dev, prod',
    )
  })
})

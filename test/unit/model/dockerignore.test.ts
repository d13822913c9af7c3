// A build context holds what its own .dockerignore leaves in it, read as Docker reads it.
import { describe, expect, it, test } from "vitest"
import { ignoreFiles, ignorePatterns, unsent } from "../../../ci/pipeline/model/index.js"

describe("a .dockerignore's patterns", () => {
  it.each([
    ["", []],
    ["# a comment\n\n  \nnode_modules\n", ["node_modules"]],
    ["\uFEFF# a comment\r\nnode_modules/\r\n", ["node_modules"]],
    ["/dist//x/\n./build/../out\n", ["dist/x", "out"]],
    ["*\n!src\n! /package.json \n", ["*", "!src", "!package.json"]],
    ["**/*.log\n \t.git \n", ["**/*.log", ".git"]],
    [" # no comment\n", ["# no comment"]],
    ["/\n", ["/"]],
  ])("%j", (text, patterns) => {
    expect(ignorePatterns(text)).toEqual(patterns)
  })
})

test("the Dockerfile and the files that say what is left out are always sent; all is, where nothing is left out", () => {
  expect(unsent(["*", "!src"], "docker/Dockerfile")).toEqual([
    "*",
    "!src",
    "!docker/Dockerfile",
    "!docker/Dockerfile.dockerignore",
    "!.dockerignore",
  ])
  expect(unsent([], "Dockerfile")).toEqual([])
  expect(ignoreFiles("./Dockerfile")[0]).toBe("Dockerfile.dockerignore")
})

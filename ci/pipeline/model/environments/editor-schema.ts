/** JSON Schemas for editors. They describe single files, so they ask for less than the schema of a whole environment. */
import { z } from "zod"
import { imagesSchema } from "../sources/images.js"
import { environmentSchema } from "./schema.js"

type JsonSchema = { [key: string]: unknown }

/**
 * The schema files that lie beside the environment files, by name.
 *
 * @example
 * editorSchemas()["schema.json"]   // the text of environments/schema.json
 */
export function editorSchemas(): Record<string, string> {
  return {
    "schema.json": text(
      "A layer of an environment, or an environment's own file",
      layer(convert(environmentSchema), true),
    ),
    "images.schema.json": text("The images of the repository", convert(imagesSchema)),
  }
}

const text = (title: string, schema: JsonSchema) => `${JSON.stringify({ title, ...schema }, undefined, 2)}\n`

/** Draft 7 is what editors' YAML support knows best. */
const convert = (schema: z.ZodType) => z.toJSONSchema(schema, { target: "draft-7" }) as JsonSchema

/** No layer needs to be complete, each may remove a key with null, and values that are known later are references. */
function layer(schema: JsonSchema, root = false): JsonSchema {
  const { required: _, ...rest } = schema
  const result: JsonSchema = { ...rest }
  for (const key of ["anyOf", "oneOf"])
    if (Array.isArray(schema[key])) result[key] = schema[key].map((option) => layer(option))
  if (schema.properties) {
    const properties = Object.entries(schema.properties).map(([name, inner]) => {
      const scalar = root && !("properties" in inner) && !("additionalProperties" in inner)
      return [name, removable(scalar ? inner : orReference(layer(inner)))]
    })
    result.properties = Object.fromEntries(properties)
  }
  if (typeof schema.additionalProperties === "object" && schema.additionalProperties !== null) {
    result.additionalProperties = removable(orReference(layer(schema.additionalProperties as JsonSchema)))
  }
  return result
}

/** Free values allow null as they are. */
const removable = (schema: JsonSchema) => (isEmpty(schema) ? schema : or(schema, { type: "null" }))

/** A string with ${...} in it can stand for anything that has a type or a pattern. */
function orReference(schema: JsonSchema): JsonSchema {
  const map = schema.properties !== undefined || schema.additionalProperties !== undefined
  const text = schema.type === "string" && schema.pattern === undefined && schema.enum === undefined
  return map || text || isEmpty(schema) ? schema : or(schema, { type: "string", pattern: "\\$\\{" })
}

const isEmpty = (schema: JsonSchema) => Object.keys(schema).length === 0

function or(schema: JsonSchema, other: JsonSchema): JsonSchema {
  return Array.isArray(schema.anyOf) ? { ...schema, anyOf: [...schema.anyOf, other] } : { anyOf: [schema, other] }
}

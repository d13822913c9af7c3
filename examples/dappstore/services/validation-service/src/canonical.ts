// The root hash of a document: BLAKE2b-256 of its canonical form (RFC 8785).
import { blake2b } from "@noble/hashes/blake2.js"
import canonicalize from "canonicalize"

/** BLAKE2b with 256 bits, in hex. Node's own blake2b512, cut short, would be another function. */
export function blake2b256(bytes: Uint8Array): string {
  return Buffer.from(blake2b(bytes, { dkLen: 32 })).toString("hex")
}

/** Fails on what RFC 8785 has no form for: a lone surrogate, or a number beyond the range of a double. */
export function rootHash(document: unknown): string {
  const text = canonicalize(document)
  if (text === undefined) throw new Error("there is no canonical form of nothing")
  return blake2b256(Buffer.from(text, "utf8"))
}

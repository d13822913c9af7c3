// A double of the state bucket: documents in memory.
import { createHash } from "node:crypto"
import type { Documents } from "../../ci/pipeline/tools/s3.js"

/** S3's conditional writes, in memory. */
export class Memory {
  readonly objects = new Map<string, { text: string; etag: string }>()

  get documents(): Documents {
    return this as unknown as Documents
  }

  async ensureBucket() {}
  async read(key: string): Promise<{ text: string; etag: string } | undefined> {
    return this.objects.get(key)
  }
  async write(key: string, text: string) {
    // As S3 has it: who writes the same text again has not changed the ETag.
    this.objects.set(key, { text, etag: `"${createHash("md5").update(text).digest("hex")}"` })
  }
  async writeIf(key: string, text: string, seen: string | undefined) {
    if (this.objects.get(key)?.etag !== seen) return false
    await this.write(key, text)
    return true
  }
  async removeIf(key: string, seen: string) {
    if (this.objects.get(key)?.etag === seen) this.objects.delete(key)
  }
  async remove(key: string) {
    this.objects.delete(key)
  }
}

// A double of the state bucket: documents in memory.
import type { Documents } from "../../ci/pipeline/tools/s3.js"

/** S3's conditional writes, in memory. */
export class Memory {
  readonly objects = new Map<string, { text: string; etag: string }>()
  private writes = 0

  get documents(): Documents {
    return this as unknown as Documents
  }

  async ensureBucket() {}
  async read(key: string): Promise<{ text: string; etag: string } | undefined> {
    return this.objects.get(key)
  }
  async write(key: string, text: string) {
    this.objects.set(key, { text, etag: String(++this.writes) })
  }
  async writeIf(key: string, text: string, seen: string | undefined) {
    if (this.objects.get(key)?.etag !== seen) return false
    await this.write(key, text)
    return true
  }
  async remove(key: string) {
    this.objects.delete(key)
  }
}

// AWS S3: the JSON documents that outlive a call, with writes that fail rather than overwrite.
import type { BucketLocationConstraint, S3Client } from "@aws-sdk/client-s3"
import { type AwsPlace, awsClient } from "./aws.js"

/** The documents in one bucket. */
export class Documents {
  private constructor(
    private readonly place: AwsPlace,
    private readonly bucket: string,
    private readonly prefix: string,
  ) {}

  /**
   * The documents in the state bucket of an account and region.
   *
   * @param place account and region
   * @param prefix what all keys begin with
   */
  static in(place: AwsPlace, prefix = ""): Documents {
    return new Documents(place, stateBucket(place), prefix)
  }

  /** Makes the bucket where it is missing. Its settings belong to the infrastructure's unit `state`. */
  async ensureBucket(): Promise<void> {
    // A part of a bucket belongs to a tenant, who may neither look at the whole nor make it.
    if (this.prefix) return
    const { CreateBucketCommand, HeadBucketCommand } = await import("@aws-sdk/client-s3")
    const found = await this.send((client) => client.send(new HeadBucketCommand(this.whole())))
    if (found) return
    // S3 requires LocationConstraint in every region except us-east-1.
    const LocationConstraint = this.place.region as BucketLocationConstraint
    const elsewhere = this.place.region === "us-east-1" ? {} : { CreateBucketConfiguration: { LocationConstraint } }
    const create = new CreateBucketCommand({ Bucket: this.bucket, ...elsewhere })
    await this.use((client) => client.send(create)).catch((error: Error) => {
      // Another first call was quicker.
      if (error.name !== "BucketAlreadyOwnedByYou") throw error
    })
  }

  /** A document and its ETag, or undefined where there is none. */
  async read(key: string): Promise<{ text: string; etag: string } | undefined> {
    if (this.prefix && !(await this.exists(key))) return undefined
    const { GetObjectCommand } = await import("@aws-sdk/client-s3")
    return this.send(async (client) => {
      const answer = await client.send(new GetObjectCommand(this.object(key)))
      return { text: (await answer.Body?.transformToString()) ?? "", etag: answer.ETag ?? "" }
    })
  }

  /** The ETag of an object, or undefined where there is none. */
  async etag(key: string): Promise<string | undefined> {
    const { HeadObjectCommand } = await import("@aws-sdk/client-s3")
    return this.send(async (client) => {
      return (await client.send(new HeadObjectCommand(this.object(key)))).ETag
    })
  }

  /** Writes a document, whatever was there. Throws where there is no bucket. */
  async write(key: string, text: string): Promise<void> {
    await this.put(key, text, {})
  }

  /**
   * Writes a document only if what is there is what the caller has seen.
   *
   * @param key the document's key
   * @param text its text
   * @param seen the ETag that the caller has read, or undefined where there was nothing
   * @returns whether it was written; false when somebody else was first
   */
  async writeIf(key: string, text: string, seen: string | undefined): Promise<boolean> {
    try {
      await this.put(key, text, seen === undefined ? { IfNoneMatch: "*" } : { IfMatch: seen })
      return true
    } catch (error) {
      if (refusals.includes((error as Error).name)) return false
      throw error
    }
  }

  /**
   * Deletes a document only if it is what the caller has seen; another one stays, and is no error.
   *
   * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html
   *
   * @param key the document's key
   * @param seen the ETag that the caller has read
   */
  async removeIf(key: string, seen: string): Promise<void> {
    const { DeleteObjectCommand } = await import("@aws-sdk/client-s3")
    const remove = new DeleteObjectCommand({ ...this.object(key), IfMatch: seen })
    await this.use((client) => client.send(remove)).catch((error: Error) => {
      if (!refusals.includes(error.name)) throw error
    })
  }

  /** Deletes a document; one that is not there is no error. */
  async remove(key: string): Promise<void> {
    const { DeleteObjectCommand } = await import("@aws-sdk/client-s3")
    await this.send((client) => client.send(new DeleteObjectCommand(this.object(key))))
  }

  private async put(key: string, text: string, condition: { IfNoneMatch?: string; IfMatch?: string }): Promise<void> {
    const { PutObjectCommand } = await import("@aws-sdk/client-s3")
    const object = { ...this.object(key), Body: text, ContentType: "application/json", ...condition }
    await this.use((client) => client.send(new PutObjectCommand(object)))
  }

  /**
   * Whether there is a document of that name. S3 refuses to read what is missing, rather than say so, to whoever may not
   * list the whole bucket, as tenants may not.
   */
  private async exists(key: string): Promise<boolean> {
    const { ListObjectsV2Command } = await import("@aws-sdk/client-s3")
    const { Key: Prefix } = this.object(key)
    const listed = await this.send((client) => client.send(new ListObjectsV2Command({ ...this.whole(), Prefix })))
    return listed?.Contents?.some((object) => object.Key === Prefix) ?? false
  }

  /** The bucket's name can be foretold, and whoever is first has it: S3 refuses where it is another account's. */
  private whole(): { Bucket: string; ExpectedBucketOwner: string } {
    return { Bucket: this.bucket, ExpectedBucketOwner: this.place.account }
  }

  private object(key: string): { Bucket: string; ExpectedBucketOwner: string; Key: string } {
    return { ...this.whole(), Key: this.prefix + key }
  }

  /** Sends what only looks or deletes: what is not there is no error. */
  private async send<T>(send: (client: S3Client) => Promise<T>): Promise<T | undefined> {
    try {
      return await this.use(send)
    } catch (error) {
      if (["NoSuchKey", "NoSuchBucket", "NotFound"].includes((error as Error).name)) return undefined
      throw error
    }
  }

  private async use<T>(send: (client: S3Client) => Promise<T>): Promise<T> {
    const { S3Client } = await import("@aws-sdk/client-s3")
    return send(await awsClient(this.place, S3Client, { forcePathStyle: true }))
  }
}

/** How S3 refuses a conditional request: what was seen is another one by now, is being changed, or is gone. */
const refusals = ["PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"]

/** The name of the bucket that holds an account's state in a region. */
export function stateBucket({ account, region }: Pick<AwsPlace, "account" | "region">): string {
  return `wallet-world-${account}-${region}-state`
}

/** What the events of Kubernetes say of objects that are not ready: what refuses their pods stands nowhere else. */

/** An event, as the API lists it. */
export interface Event {
  involvedObject: { kind?: string; name: string; uid?: string }
  reason: string
  message: string
  /** Normal or Warning. */
  type: string
  metadata: { creationTimestamp: string }
  lastTimestamp?: string | null
  eventTime?: string | null
  series?: { lastObservedTime?: string } | null
}

/** An object that events may be about. */
export interface Subject {
  kind: string
  name: string
  /** Undefined when it is gone: then the last one of its name is meant. */
  uid?: string
}

const time = ({ lastTimestamp, series, eventTime, metadata }: Event) =>
  Date.parse(lastTimestamp ?? series?.lastObservedTime ?? eventTime ?? metadata.creationTimestamp)

/** The events about an object, the newest last. One of the same name that was there before it is another object. */
export function eventsOf(events: readonly Event[], { kind, name, uid }: Subject): Event[] {
  const about = events
    .filter(({ involvedObject }) => involvedObject.kind === kind && involvedObject.name === name)
    .sort((one, other) => time(one) - time(other))
  const meant = uid ?? about.at(-1)?.involvedObject.uid
  return about.filter(({ involvedObject }) => involvedObject.uid === meant)
}

/**
 * The newest Warning about an object, such as "FailedCreate: a pod is forbidden: exceeded quota". For a claim, whatever
 * happened last: that nothing can provide its volume may be no Warning.
 */
export function complaint(events: readonly Event[], subject: Subject): string | undefined {
  const about = eventsOf(events, subject)
  const found =
    about.findLast(({ type }) => type === "Warning") ??
    (subject.kind === "PersistentVolumeClaim" ? about.at(-1) : undefined)
  return found && `${found.reason}: ${withoutPods(found.message)}`
}

/** A refusal without the name of the pod that was refused: the next one has another name and is refused alike. */
export const withoutPods = (message: string): string =>
  message
    .trim()
    .replace(/^\(combined from similar events\): /, "")
    .replace(/^(Error creating|create (Pod|Claim) .*? failed error): /i, "")
    .replace(/\bpods "[^"]*"/g, "a pod")

// All rules that the workflows keep, and what breaks them.
import { agreementRules } from "./agreement-rules.js"
import { pinRules } from "./pin-rules.js"
import type { Repository } from "./repository.js"
import type { Rule } from "./rule.js"
import { scriptRules } from "./script-rules.js"
import { workflowRules } from "./workflow-rules.js"

export const rules: Rule[] = [...workflowRules, ...pinRules, ...scriptRules, ...agreementRules]

/**
 * Everything that breaks a rule, as `file:line: rule: what is wrong`, in the order of files and lines.
 *
 * @param repositories the files of each
 */
export function broken(repositories: Repository[]): string[] {
  const found = repositories.flatMap((repository) =>
    rules.flatMap(({ name, check }) => check(repository).map((finding) => ({ ...finding, name }))),
  )
  found.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line))
  // A step that jobs share is named once.
  return [...new Set(found.map(({ path, line, name, message }) => `${path}:${line}: ${name}: ${message}`))]
}

// All rules that the workflows keep, and what breaks them.
import { agreementRules } from "./agreement-rules.js"
import type { Repository } from "./repository.js"
import type { Rule } from "./rule.js"
import { scriptRules } from "./script-rules.js"
import { workflowRules } from "./workflow-rules.js"

export const rules: Rule[] = [...workflowRules, ...scriptRules, ...agreementRules]

/**
 * Everything that breaks a rule, as `file:line: rule: what is wrong`, in the order of files and lines.
 *
 * @param repository the files
 */
export function broken(repository: Repository): string[] {
  const found = rules.flatMap(({ name, check }) => check(repository).map((finding) => ({ name, ...finding })))
  found.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line))
  // A step that jobs share is named once.
  return [...new Set(found.map(({ path, line, name, message }) => `${path}:${line}: ${name}: ${message}`))]
}

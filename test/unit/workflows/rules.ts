// All rules that the workflows keep and no linter knows, and what breaks them.
import { agreementRules } from "./agreement-rules.js"
import type { Repository } from "./repository.js"
import type { Rule } from "./rule.js"
import { scriptRules } from "./script-rules.js"
import { workflowRules } from "./workflow-rules.js"

export const rules: Record<string, Rule> = { ...workflowRules, ...scriptRules, ...agreementRules }

/** Everything that breaks a rule, as `RULE: what is wrong`. */
export const broken = (repositories: Repository[]): string[] =>
  repositories.flatMap((repository) =>
    Object.entries(rules).flatMap(([name, check]) => check(repository).map((what) => `${name}: ${what}`)),
  )

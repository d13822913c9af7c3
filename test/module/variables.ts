// The variables that GitHub sets for every script.

/**
 * Their values, as far as our scripts use them.
 *
 * @param repository OWNER/NAME
 * @param temporary the directory of the runner that a job has for itself
 * @param output the file that takes the step's outputs
 * @param summary the file that takes what the step adds to the summary
 */
export const githubVariables = (repository: string, temporary: string, output: string, summary: string) => ({
  GITHUB_ACTOR: "somebody",
  GITHUB_OUTPUT: output,
  GITHUB_REPOSITORY: repository,
  GITHUB_RUN_ID: "1",
  GITHUB_SERVER_URL: "https://github.com",
  GITHUB_STEP_SUMMARY: summary,
  RUNNER_TEMP: temporary,
})

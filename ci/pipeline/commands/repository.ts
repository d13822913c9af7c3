// The caller's repository as commands read it: the workspace of the call, or another state of it as a directory.
export { type Repository, repositoryIn } from "../steps/context.js"

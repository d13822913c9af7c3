// What a module and its start need of the SDK's library. It is bundled into one file, without the compiler.
export * from "./node_modules/@dagger.io/dagger/dist/src/index.js"
export { getTracer } from "./node_modules/@dagger.io/dagger/dist/src/telemetry/telemetry.js"
export { invoke } from "./node_modules/@dagger.io/dagger/dist/src/module/entrypoint/invoke.js"
export { Executor } from "./node_modules/@dagger.io/dagger/dist/src/module/executor.js"
export * from "./node_modules/@dagger.io/dagger/dist/src/module/introspector/dagger_module/index.js"

// Takes the compiler's place in the bundle: a module's types are read when it changes, and not when it starts.
export default { SyntaxKind: {} }

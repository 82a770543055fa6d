/** V8's WebAssembly, which Node's types do not declare. */

export const { WebAssembly } = globalThis as unknown as {
  readonly WebAssembly: {
    readonly Module: new (bytes: Uint8Array) => object;
    readonly Instance: new (
      module: object,
      imports: object,
    ) => { readonly exports: Readonly<Record<string, unknown>> };
    readonly CompileError: new () => Error;
    readonly LinkError: new () => Error;
    readonly RuntimeError: new () => Error;
  };
};

/** Whether it is V8's error for a trap. */
export function isRuntimeError(thrown: unknown): thrown is Error {
  return thrown instanceof WebAssembly.RuntimeError;
}

/** V8's message, without the name of V8's own function in front. */
export function reasonOf({ message }: Error): string {
  const [line = ''] = message.split('\n', 1);
  return line.replace(/^WebAssembly\.\w+\(\): /, '');
}

/**
 * From a component to the JavaScript and the core modules that run it. The toolchain is loaded here,
 * when it is needed: that, and its work, take longer than most guests.
 */
import { KvError } from '../errors.js';

/** The toolchain's version, and ours of what is done with its output: part of a cached form's key. */
export const TRANSPILER = 'jco-transpile 0.15.0, form 1';

/** A component that can be run: see program.ts. */
export interface Transpiled {
  /** The body of a function that returns `instantiate`. */
  readonly source: string;
  /** Core modules by the names that `instantiate` asks for them. */
  readonly modules: ReadonlyMap<string, Uint8Array>;
}

/** Throws `not-a-component` for what the toolchain refuses; `action` is what was tried. */
export async function transpile(bytes: Uint8Array, action: string): Promise<Transpiled> {
  const { $init, generate } = await import('@bytecodealliance/jco-transpile/component');
  await $init;
  let files: [string, Uint8Array][];
  try {
    ({ files } = generate(bytes, {
      name: 'guest',
      instantiation: { tag: 'sync' },
      noTypescript: true,
      noNodejsCompat: true,
      noComponentErrorWrapping: true,
      base64Cutoff: 0,
    }));
  } catch (cause) {
    const [reason] = messageOf(cause).split('\n', 1);
    throw new KvError('not-a-component', `cannot ${action}: ${reason}`, { cause });
  }
  const script = files.find(([name]) => name === 'guest.js');
  if (script === undefined) throw new Error('the toolchain gave no guest.js');
  return {
    source: asFunctionBody(new TextDecoder().decode(script[1])),
    modules: new Map(files.filter(([name]) => name.endsWith('.wasm'))),
  };
}

/**
 * The generated module as the body of a function. A record of every handle ever made, which nothing
 * reads, is left out: it would grow for as long as the guest runs.
 */
function asFunctionBody(module: string): string {
  const [body, ...rest] = module.split('export function instantiate');
  const end = rest.join('').lastIndexOf('export const _util');
  if (rest.length !== 1 || end === -1) throw new Error('the toolchain gave another kind of module');
  return `${body}return function instantiate${rest[0]!.slice(0, end)}`.replaceAll(
    'table._createdReps.add(rep);',
    '',
  );
}

/** What the toolchain throws carries its text in a payload. */
function messageOf(thrown: unknown): string {
  const { payload, message } = (thrown ?? {}) as { payload?: unknown; message?: unknown };
  return String(payload ?? message ?? thrown);
}

/** Reads the syntax of a component, and explains why it cannot be run. */
import { BinaryReader, malformed } from '../component/binary-reader.js';
import { readCoreModule } from '../component/core-module.js';
import { Declared } from '../component/declared.js';
import { Invalid } from '../component/invalid.js';
import { formatOf, readComponent } from '../component/read-component.js';
import type { ComponentSyntax } from '../component/syntax.js';
import { Unsupported } from '../component/unsupported.js';
import { KvError } from '../errors.js';
import { readComponentFile } from './read-component-file.js';

/** The module that a program for the first preview of WASI imports. */
const PREVIEW1 = 'wasi_snapshot_preview1';

/** The component in a file. Throws `not-a-component`, `io`, `too-large`. */
export function componentAt(path: string, action: string): ComponentSyntax {
  return componentOf(readComponentFile(path, action), path, action);
}

function componentOf(bytes: Uint8Array, path: string, action: string): ComponentSyntax {
  const refuse = (state: string, hint?: string) =>
    new KvError('not-a-component', `cannot ${action}: ${state}`, { hint });
  const format = formatOf(bytes);
  switch (format) {
    case 'component':
      return understood(action, () => readComponent(bytes));
    case 'core module':
      throw refuse('it is a core module, not a component', wrapping(bytes, path));
    case 'component of another version':
      throw refuse('it is a component of a version this kv does not know');
    case 'other':
      throw refuse('it is not WebAssembly');
    default:
      return format satisfies never;
  }
}

/** How to make a component of a core module; one for the first preview of WASI needs an adapter. */
function wrapping(bytes: Uint8Array, path: string): string {
  const wrap = `wrap it: wasm-tools component new "${path}" -o component.wasm`;
  try {
    const { imports } = readCoreModule(new BinaryReader(bytes), new Declared());
    const isPreview1 = imports.some(({ module }) => module === PREVIEW1);
    return isPreview1 ? `${wrap} --adapt ${PREVIEW1}=${PREVIEW1}.command.wasm` : wrap;
  } catch {
    return wrap;
  }
}

/** The result of `work`; throws `not-a-component` if it finds that the component cannot be run. */
export function understood<T>(action: string, work: () => T): T {
  const refuse = (state: string, cause?: unknown) =>
    new KvError('not-a-component', `cannot ${action}: ${state}`, { cause });
  try {
    return work();
  } catch (thrown) {
    if (thrown === malformed) throw refuse('it is damaged, or cut off');
    if (thrown instanceof Unsupported) throw refuse(`it uses ${thrown.message}`, thrown);
    if (thrown instanceof Invalid) throw refuse(`it is not valid: ${thrown.message}`, thrown);
    throw thrown;
  }
}

/** Finds the function to run, `wasi:cli/run`, or explains what the component exports instead. */
import { Invalid } from '../component/invalid.js';
import { type Exports, exported } from '../component/items.js';
import { funcText } from '../component/type-text.js';
import { KvError } from '../errors.js';
import { isRun } from './offers.js';
import { listed } from './refusals.js';

/** The type of `run`. */
const RUN_TEXT = 'func() -> result<_, _>';

/** The most exports that a message names. */
const NAMED = 10;

/** A name that means nothing else to a shell. */
const PLAIN_NAME = /^[\w-]+$/;

/** The programs that serve components with other exports. */
const servers: readonly (readonly [RegExp, (path: string) => string])[] = [
  [/^wasi:http\/incoming-handler@/, (path) => `try: wasmtime serve "${path}"`],
  [/^wasi:keyvalue\/watcher@0\.2\.0-draft2?$/, (path) => `try: kv run --watch "${path}"`],
  [/^wasi:cli\/run@0\.3\./, () => 'it is for WASI 0.3: build it for 0.2'],
];

/** The exported `run`. Throws `not-a-component` if there is none. */
export function entryOf(exports: Exports, path: string, action: string): () => unknown {
  const names = [...exports.keys()];
  try {
    const name = names.find(isRun) ?? '';
    const { func } = exported(exported(exports, 'instance', name).exports, 'func', 'run');
    if (funcText(func.type) === RUN_TEXT) return () => func.call([]);
  } catch (thrown) {
    if (!(thrown instanceof Invalid)) throw thrown;
  }
  const others = names.filter((name) => !isRun(name)).slice(0, NAMED);
  const instead = others.length === 0 ? '' : `, but ${listed(others)}`;
  throw new KvError(
    'not-a-component',
    `cannot ${action}: it does not export wasi:cli/run@0.2${instead}`,
    { hint: hintFor(exports, path) },
  );
}

function hintFor(exports: Exports, path: string): string | undefined {
  for (const [name, item] of exports) {
    const [, hint] = servers.find(([pattern]) => pattern.test(name)) ?? [];
    if (hint !== undefined) return hint(path);
    if (item.sort === 'func' && PLAIN_NAME.test(name))
      return `try: wasmtime run --invoke "${name}()" "${path}"`;
  }
  return undefined;
}

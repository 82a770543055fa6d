/**
 * A guest in JavaScript, built here by componentize-js. That is 400 MB to install, so it is no
 * dependency: KV_COMPONENTIZE_JS names a folder where it is, as .ci/run makes one, else it is
 * skipped.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Shell } from '../support/shell.js';

/** The script is plain JavaScript, which the compiler does not read: its export is typed here. */
interface Script {
  copyKeyvalue(deps: string): void;
}

const { copyKeyvalue }: Script = await import(
  new URL('../../scripts/generate-offered.js', import.meta.url).href
);

const modules = join(process.env.KV_COMPONENTIZE_JS ?? '/none', 'node_modules');
const isInstalled = existsSync(join(modules, '@bytecodealliance/componentize-js'));

/** What the guest does where it is run with "draft". */
const draft = `
import { Bucket, IncomingValue, OutgoingValue } from 'wasi:keyvalue/types@0.2.0-draft';
import { get, set } from 'wasi:keyvalue/eventual@0.2.0-draft';
import { increment } from 'wasi:keyvalue/atomic@0.2.0-draft';

function useEventual() {
  const bucket = Bucket.openBucket('default');
  const bytes = IncomingValue.incomingValueConsumeSync(get(bucket, 'outside'));
  const text = new TextDecoder().decode(bytes);
  const value = OutgoingValue.newOutgoingValue();
  const body = value.outgoingValueWriteBodyAsync();
  body.blockingWriteAndFlush(new TextEncoder().encode(text.toUpperCase()));
  set(bucket, 'inside', value);
  console.log(text, String(increment(bucket, 'n', 41n)));
  try {
    Bucket.openBucket('nowhere');
  } catch (error) {
    console.log(error.payload.trace());
  }
  console.error(typeof fetch, Object.keys(globalThis.process?.env ?? {}).length);
}
`;

/** The same for store, atomics and batch of a later draft. */
const laterDraft = (name: string, version: string) => `
import { open as open_${name} } from 'wasi:keyvalue/store@${version}';
import * as atomics_${name} from 'wasi:keyvalue/atomics@${version}';
import * as batch_${name} from 'wasi:keyvalue/batch@${version}';

function use_${name}() {
  const [open, atomics, batch] = [open_${name}, atomics_${name}, batch_${name}];
  const bytes = (text) => new TextEncoder().encode(text);
  const text = (bytes) => new TextDecoder().decode(bytes);
  const bucket = open('');
  batch.setMany(bucket, [['inside', bytes(text(bucket.get('outside')).toUpperCase())]]);
  const found = batch.getMany(bucket, ['inside', 'missing']);
  console.log(found[0][0], text(found[0][1]), found[1], bucket.exists('missing'));
  console.log(String(atomics.increment(bucket, 'n', 41n)), bucket.listKeys().keys.join());
  for (const wrong of [() => open('nowhere'), () => bucket.get('')]) {
    try {
      wrong();
    } catch (error) {
      console.log(error.payload.tag, error.payload.val);
    }
  }
  if (atomics.Cas === undefined) return;
  const cas = atomics.Cas.new(bucket, 'inside');
  bucket.set('inside', bytes('beside'));
  try {
    atomics.swap(cas, bytes('lost'));
  } catch (error) {
    console.log(error.payload.tag, text(error.payload.val.current()));
    atomics.swap(error.payload.val, bytes('won'));
  }
}
`;

/** One guest for all tests, since building one takes 20 s: its argument says what it does. */
const source = `
import { getArguments } from 'wasi:cli/environment@0.2.1';
${draft}
${laterDraft('draft', '0.2.0-draft')}
${laterDraft('draft2', '0.2.0-draft2')}
const uses = { eventual: useEventual, '0.2.0-draft': use_draft, '0.2.0-draft2': use_draft2 };
export const run = { run: () => uses[getArguments().at(-1)]() };
`;

const imports = [
  'cli/environment@0.2.1',
  ...['eventual', 'atomic'].map((name) => `keyvalue/${name}@0.2.0-draft`),
  ...['0.2.0-draft', '0.2.0-draft2'].flatMap((version) =>
    ['store', 'atomics', 'batch'].map((name) => `keyvalue/${name}@${version}`),
  ),
];

const world = `
package test:javascript;

world guest {
    ${imports.map((one) => `import wasi:${one};`).join('\n    ')}
    export wasi:cli/run@0.2.1;
}
`;

const build = `
import { readFileSync, writeFileSync } from 'node:fs';
import { componentize } from '@bytecodealliance/componentize-js';

const source = readFileSync('guest.js', 'utf8');
const { component } = await componentize(source, { witPath: 'wit', worldName: 'guest' });
writeFileSync('guest.wasm', component);
`;

describe.skipIf(!isInstalled)('a guest in JavaScript', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kv-guest-'));
  const guest = join(folder, 'guest.wasm');

  beforeAll(async () => {
    await writeGuest(folder);
    await promisify(execFile)(process.execPath, ['build.mjs'], { cwd: folder });
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('has the buckets, stdout and stderr', async () => {
    const shell = new Shell();
    await shell.succeed('kv set outside text');
    const run = await shell.run(`kv run ${guest} -- eventual`);
    expect(run.text).toBe('text 41\ncannot open bucket "nowhere": it has not been granted\n');
    expect([run.status, run.stderr]).toEqual([0, 'function 0\n']);
    expect(await shell.succeed(`kv get inside; kv incr n; kv run ${guest} -- eventual`)).toMatch(
      /^TEXT42\ntext 83\n/,
    );
  });

  const said = [
    'inside TEXT undefined false',
    '41 inside,n,outside',
    'no-such-store undefined',
    'other cannot use an empty key: a key has at least 1 byte',
  ];
  test.each([
    ['0.2.0-draft', said, 'TEXT'],
    ['0.2.0-draft2', [...said, 'cas-failed beside'], 'won'],
  ])('has store, atomics and batch of %s', async (version, lines, left) => {
    const shell = new Shell();
    await shell.succeed('kv set outside text');
    const run = await shell.run(`kv run ${guest} -- ${version}`);
    expect(run.text.trimEnd().split('\n')).toEqual(lines);
    expect([run.status, run.stderr]).toEqual([0, '']);
    expect(await shell.succeed('kv get inside')).toBe(left);
  });
});

async function writeGuest(folder: string): Promise<void> {
  const here = fileURLToPath(new URL('../..', import.meta.url));
  symlinkSync(modules, join(folder, 'node_modules'));
  await mkdir(join(folder, 'wit/deps'), { recursive: true });
  await cp(join(here, 'wit/deps/io'), join(folder, 'wit/deps/io'), { recursive: true });
  await cp(join(here, 'test/guests/wit/deps/cli'), join(folder, 'wit/deps/cli'), {
    recursive: true,
  });
  copyKeyvalue(join(folder, 'wit/deps'));
  writeFileSync(join(folder, 'wit/world.wit'), world);
  writeFileSync(join(folder, 'guest.js'), source);
  writeFileSync(join(folder, 'build.mjs'), build);
}

/**
 * A guest that tries to get out: with kv it gets nothing, and with the toolchain's own defaults it
 * gets all of it, so that these tests would show a way out.
 */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transpileBytes } from '@bytecodealliance/jco-transpile';
import { expect, test } from 'vitest';
import { guest, guestBytes } from '../support/guests.js';
import { Shell } from '../support/shell.js';

/** What the guest `probe` tries, in its order. */
const attempts = [
  '/etc/passwd',
  '/proc/self/environ',
  '/tmp/../etc/passwd',
  'writing /tmp',
  'making a folder',
  'opening /',
  'listing /etc',
  'the environment',
  'KV_STORE',
  'arguments of the host',
];

test('kv refuses every attempt, and names the capability that a socket would be', async () => {
  const { status, text, stderr } = await new Shell().run(`kv run ${guest('probe')}`);
  expect(text).toBe(attempts.map((attempt) => `refused ${attempt}\n`).join(''));
  expect(stderr).toBe(
    `kv: cannot run "${guest('probe')}": it trapped: ` +
      'capability denied: wasi:sockets/tcp-create-socket#create-tcp-socket\n',
  );
  expect(status).toBe(71);
});

test("with the toolchain's defaults the same guest gets every one of them", async () => {
  const shell = await transpiled('probe');
  const env = { KV_STORE: shell.store };
  const text = await shell.succeed('node main.mjs an-argument', { env });
  const all = [...attempts, 'a socket'];
  expect(text).toBe(all.map((attempt) => `got ${attempt}\n`).join(''));
});

test('kv refuses a guest whose WIT adds a constructor to what it is granted, before it runs', async () => {
  const shell = new Shell();
  await shell.succeed('kv set victim untouched; kv bucket create other');
  const { status, text, stderr } = await shell.run(
    `kv run ${guest('widen')} -b in=default:ro -b other`,
  );
  expect([status, text]).toEqual([4, '']);
  expect(stderr).toBe(
    `kv: cannot run "${guest('widen')}": it imports ` +
      'wasi:keyvalue/types@0.2.0-draft#[constructor]bucket and ' +
      'wasi:keyvalue/types@0.2.0-draft#[static]bucket.to-string, which kv does not offer\n',
  );
  expect(await shell.succeed('kv get victim')).toBe('untouched');
});

test('with interfaces that are matched by name alone the same guest widens its grant', async () => {
  const shell = await transpiled('widen', { 'wasi:keyvalue/*': './keyvalue.js#*' });
  writeFileSync(join(shell.folder, 'keyvalue.js'), careless);
  expect(await shell.succeed('node main.mjs')).toBe(
    'refused the handle that it was given\nset by a handle that it made\nread the source of the host\n',
  );
});

/** A host whose buckets are what anybody would write, if no import were held against the WIT. */
const careless = `
  class Failure {}
  class Bucket {
    constructor(name, isReadOnly = false) {
      Object.assign(this, { name, isReadOnly });
    }
    static openBucket(name) {
      return new Bucket(name, true);
    }
  }
  class OutgoingValue {
    static newOutgoingValue() {
      return new OutgoingValue();
    }
    outgoingValueWriteBodySync() {}
  }
  export const types = { Bucket, OutgoingValue };
  export const wasiKeyvalueError = { Error: Failure };
  export const eventual = {
    set({ isReadOnly }) {
      if (isReadOnly) throw new Failure();
    },
  };
`;

/** A folder with a guest as the toolchain runs it: `node main.mjs`. */
async function transpiled(name: string, map: Record<string, string> = {}): Promise<Shell> {
  const shell = new Shell();
  const { files } = await transpileBytes(guestBytes(name), { name, map });
  for (const [file, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(shell.folder, file)), { recursive: true });
    writeFileSync(join(shell.folder, file), bytes);
  }
  const modules = fileURLToPath(new URL('../../node_modules', import.meta.url));
  symlinkSync(modules, join(shell.folder, 'node_modules'));
  const main = `(await import('./${name}.js')).run.run();\n`;
  writeFileSync(join(shell.folder, 'main.mjs'), main);
  writeFileSync(join(shell.folder, 'package.json'), '{ "type": "module" }');
  return shell;
}

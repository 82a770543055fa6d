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
  const shell = new Shell();
  const { files } = await transpileBytes(guestBytes('probe'), { name: 'probe' });
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(shell.folder, name)), { recursive: true });
    writeFileSync(join(shell.folder, name), bytes);
  }
  const modules = fileURLToPath(new URL('../../node_modules', import.meta.url));
  symlinkSync(modules, join(shell.folder, 'node_modules'));
  writeFileSync(join(shell.folder, 'main.mjs'), "(await import('./probe.js')).run.run();\n");
  const env = { KV_STORE: shell.store };
  const text = await shell.succeed('node main.mjs an-argument', { env });
  const all = [...attempts, 'a socket'];
  expect(text).toBe(all.map((attempt) => `got ${attempt}\n`).join(''));
});

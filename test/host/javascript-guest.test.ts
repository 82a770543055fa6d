/**
 * A guest in JavaScript, built here by componentize-js. That is 400 MB to install, so it is no
 * dependency: KV_COMPONENTIZE_JS names a folder where it is, as .ci/run makes one, else it is
 * skipped.
 */
import { existsSync, symlinkSync, writeFileSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Shell } from '../support/shell.js';

const modules = join(process.env.KV_COMPONENTIZE_JS ?? '/none', 'node_modules');
const isInstalled = existsSync(join(modules, '@bytecodealliance/componentize-js'));

const source = `
import { Bucket, IncomingValue, OutgoingValue } from 'wasi:keyvalue/types@0.2.0-draft';
import { get, set } from 'wasi:keyvalue/eventual@0.2.0-draft';
import { increment } from 'wasi:keyvalue/atomic@0.2.0-draft';

export const run = {
  run() {
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
  },
};
`;

const world = `
package test:javascript;

world guest {
    import wasi:keyvalue/eventual@0.2.0-draft;
    import wasi:keyvalue/atomic@0.2.0-draft;
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
  test('has the buckets, stdout and stderr', { timeout: 300_000 }, async () => {
    const shell = new Shell();
    await writeGuest(shell);
    await shell.succeed('node build.mjs; kv set outside text');
    const run = await shell.run('kv run guest.wasm');
    expect(run.text).toBe('text 41\ncannot open bucket "nowhere": it has not been granted\n');
    expect([run.status, run.stderr]).toEqual([0, 'function 0\n']);
    expect(await shell.succeed('kv get inside; kv incr n; kv run guest.wasm')).toMatch(
      /^TEXT42\ntext 83\n/,
    );
  });
});

async function writeGuest({ folder }: Shell): Promise<void> {
  const here = fileURLToPath(new URL('../..', import.meta.url));
  symlinkSync(modules, join(folder, 'node_modules'));
  await mkdir(join(folder, 'wit/deps/keyvalue'), { recursive: true });
  await cp(join(here, 'wit/deps/io'), join(folder, 'wit/deps/io'), { recursive: true });
  await cp(join(here, 'test/guests/wit/deps/cli'), join(folder, 'wit/deps/cli'), {
    recursive: true,
  });
  for (const name of ['types', 'eventual', 'atomic', 'wasi-keyvalue-error']) {
    await cp(join(here, `wit/${name}.wit`), join(folder, `wit/deps/keyvalue/${name}.wit`));
  }
  writeFileSync(join(folder, 'wit/world.wit'), world);
  writeFileSync(join(folder, 'guest.js'), source);
  writeFileSync(join(folder, 'build.mjs'), build);
}

/**
 * A guest in JavaScript, built here by componentize-js: one that imports every draft, since a build takes long. The
 * builder is 400 MB to install, so it is no dependency: KV_COMPONENTIZE_JS names a folder where it is, as .ci/run
 * makes one, else this is skipped.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { imports, source } from '../support/every-draft.js';
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

const world = `
package test:javascript;

world guest {
    ${imports.map((one) => `import ${one};`).join('\n    ')}
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

  // A minute of the processor's time, which others want too.
  beforeAll(async () => {
    await writeGuest(folder);
    await promisify(execFile)(process.execPath, ['build.mjs'], { cwd: folder });
  }, 1_200_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each([
    ['seed', 'b1\ncounter\nlarge\noutside\npreset\n'],
    ['first', 'b1\ncounter\nlarge\noutside\npreset\n'],
    ['draft', 'b1\noutside\npreset\n'],
    ['draft2', 'b1\noutside\npreset\n'],
  ])('finds what the interfaces say, of %s', async (draft, keys) => {
    const shell = new Shell();
    await shell.succeed(`kv set outside bar; kv set preset 5
      kv bucket create read; kv copy outside --to-bucket read outside`);
    const run = await shell.run(`kv run ${guest} -b default -b read=read:ro -- ${draft}`);
    expect([run.text, run.stderr, run.status]).toEqual([`${draft} holds\n`, 'function 0\n', 0]);
    expect(await shell.succeed('kv keys')).toBe(keys);
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

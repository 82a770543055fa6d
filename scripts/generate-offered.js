/**
 * Writes src/host/offered.json: what a component may import, each function and type of wit/ and
 * src/host/wit as text, by the names of the WIT. The texts are made by the same reader that reads the
 * components that are to be run, out of a component that imports all of it.
 */
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { componentEmbed, componentNew } from '@bytecodealliance/jco-transpile/wasm-tools';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

// The module's own path has its links resolved, the argument has not.
if (realpathSync(process.argv[1] ?? '.') === fileURLToPath(import.meta.url)) {
  writeFileSync(join(root, 'src/host/offered.json'), await generateOffered());
}

/**
 * Generates the text of the file, without touching it.
 *
 * @returns {Promise<string>}
 */
export async function generateOffered() {
  const component = await everyImport();
  const { importsOf } = await reader();
  return `${JSON.stringify(importsOf(component), null, 2)}\n`;
}

/** A component that imports everything that is offered, and does nothing. */
export async function everyImport() {
  const folder = mkdtempSync(join(tmpdir(), 'kv-wit-'));
  try {
    cpSync(join(root, 'src/host/wit'), folder, { recursive: true });
    cpSync(join(root, 'wit/deps'), join(folder, 'deps'), { recursive: true });
    mkdirSync(join(folder, 'deps/keyvalue'));
    for (const name of ['atomic', 'eventual', 'eventual-batch', 'types', 'wasi-keyvalue-error']) {
      cpSync(join(root, `wit/${name}.wit`), join(folder, `deps/keyvalue/${name}.wit`));
    }
    const module = await componentEmbed({ dummy: true, witPath: folder, world: 'guest' });
    return await componentNew(module, []);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function reader() {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['src/component/imports-as-text.ts'],
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
  });
  return import(
    `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
  );
}

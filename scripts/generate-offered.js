/**
 * Writes src/host/offered.json: what a component may import, each function and type of wit/ and
 * src/host/wit as text, by the names of the WIT. The texts are made by the same reader that reads the
 * components that are to be run, out of a component that imports all of it.
 */
import { cpSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
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
  const { importsOf } = await built('src/component/imports-as-text.ts');
  const { ownName } = await built('src/host/offers.ts');
  return `${JSON.stringify(importsOf(component, ownName), null, 2)}\n`;
}

/** A component that imports everything that is offered, and does nothing. */
export async function everyImport() {
  const folder = mkdtempSync(join(tmpdir(), 'kv-wit-'));
  try {
    cpSync(join(root, 'src/host/wit'), folder, { recursive: true });
    cpSync(join(root, 'wit/deps'), join(folder, 'deps'), { recursive: true });
    copyKeyvalue(join(folder, 'deps'));
    const module = await componentEmbed({ dummy: true, witPath: folder, world: 'guest' });
    return await componentNew(module, []);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Copies every draft of wasi:keyvalue to a folder of packages. The two that are named `0.2.0-draft` are
 * one package, whose interfaces have different names.
 *
 * @param {string} deps
 */
export function copyKeyvalue(deps) {
  const drafts = join(root, 'wit/drafts');
  for (const version of readdirSync(drafts)) {
    const target = join(deps, version === '0.2.0-draft' ? 'keyvalue' : `keyvalue-${version}`);
    cpSync(join(drafts, version), target, { recursive: true });
    rmSync(join(target, 'world.wit'));
  }
  for (const name of ['atomic', 'eventual', 'eventual-batch', 'types', 'wasi-keyvalue-error']) {
    cpSync(join(root, `wit/${name}.wit`), join(deps, `keyvalue/${name}.wit`));
  }
}

/** @param {string} module a path in the project */
async function built(module) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [module],
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
  });
  return import(
    `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
  );
}

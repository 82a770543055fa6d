/**
 * Builds dist/: one file that loads fast. Finding, reading and linking many small files is most of
 * a short command's time, and Node starts CommonJS sooner than modules, so what a command may need
 * is in one CommonJS file (see one-file.js); what its verb does not need is in there too, but is not run.
 * What few verbs need stays in packages of its own.
 */

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { inOneFile } from './one-file.js';
import { replacements } from './replacements.js';
import { withSmallRedisClient } from './small-redis-client.js';

const root = new URL('..', import.meta.url);
const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));

const common = {
  absWorkingDir: fileURLToPath(root),
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  minify: true,
  // What a library would say on the side: kv says itself what went wrong, in one line.
  drop: ['console'],
  platform: 'node',
  format: 'cjs',
  target: 'node20.15',
  define: { KV_VERSION: JSON.stringify(version), 'import.meta.url': '__filename' },
  plugins: [withoutSubprocesses(), withPathsForUrls()],
  metafile: true,
  write: false,
  logLevel: 'warning',
};

const bundled = {
  ...common,
  external: ['cli-table3', '@inquirer/prompts', 'cli-progress'],
  alias: replacements,
};

/** By V8's own loader dynamic imports would need one for modules: what few verbs need is required. */
const required = { 'dynamic-import': false };

const program = await build({
  ...bundled,
  entryPoints: { kv: 'src/main.ts' },
  format: 'esm',
  splitting: true,
  outExtension: { '.js': '.js' },
});
const code = await inOneFile(program, 'dist/kv.js', {
  platform: 'node',
  target: common.target,
  minify: true,
  supported: required,
});
const library = await build({
  ...bundled,
  entryPoints: { library: 'src/library.ts' },
  supported: required,
});

// Loaded only by a store that needs it, in a thread of its own.
const worker = await build({
  ...common,
  entryPoints: { 'redis-worker': 'src/store/redis/wire/worker.ts' },
  external: ['@opentelemetry/api', '@node-rs/xxhash'],
  plugins: [withSmallRedisClient(), ...common.plugins],
});

const starter = await build({
  ...common,
  entryPoints: { start: 'src/start/start.ts' },
  define: { KV_PROGRAM_DIGEST: JSON.stringify(createHash('sha256').update(code).digest('hex')) },
});

// At the end, so that a build that fails leaves the one before.
rmSync(new URL('dist', root), { recursive: true, force: true });
mkdirSync(new URL('dist', root));
for (const { path, contents } of [
  { path: fileURLToPath(new URL('dist/kv.cjs', root)), contents: code },
  ...library.outputFiles,
  ...worker.outputFiles,
  ...starter.outputFiles,
]) {
  writeFileSync(path, contents);
}
const inputs = [program, library, worker].flatMap(({ metafile }) => Object.keys(metafile.inputs));
writeFileSync(new URL('dist/THIRD-PARTY-LICENSES', root), licences(inputs));

/** The licences of the packages that are bundled: their texts, or where they have none, the name. */
function licences(files) {
  const packages = files.map((file) => file.match(/^node_modules\/((@[^/]+\/)?[^/]+)/)?.[1]);
  const texts = [...new Set(packages.filter(Boolean))].sort().map((name) => {
    const folder = new URL(`node_modules/${name}/`, root);
    const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
    if (file !== undefined) return `${name}\n\n${readFileSync(new URL(file, folder), 'utf8')}`;
    const { license, author, homepage } = JSON.parse(
      readFileSync(new URL('package.json', folder), 'utf8'),
    );
    return `${name}\n\n${license}, ${author?.name ?? author ?? homepage}\n`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

/** commander starts no programs here, and loading what it would start them with takes 5 ms. */
function withoutSubprocesses() {
  return {
    name: 'without-subprocesses',
    setup(plugins) {
      plugins.onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
        importer.includes('/commander/') ? { path: 'nothing', namespace: 'nothing' } : undefined,
      );
      plugins.onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: '' }));
    },
  };
}

/**
 * A module knows itself by a URL, which is made of the path to be made a path again; and `require`, which
 * every CommonJS module is given, is made anew. Both together load 2 ms of Node. So `import.meta.url` is
 * the path, and these take it.
 */
function withPathsForUrls() {
  const contents = {
    'node:url': 'export const fileURLToPath = (path) => path;',
    'node:module': `const given = require;
      export const createRequire = (path) =>
        path === __filename ? given : given('node:module').createRequire(path);`,
  };
  return {
    name: 'with-paths-for-urls',
    setup(plugins) {
      plugins.onResolve({ filter: /^node:(url|module)$/ }, ({ path }) => ({
        path,
        namespace: 'paths',
      }));
      plugins.onLoad({ filter: /.*/, namespace: 'paths' }, ({ path }) => ({
        contents: contents[path],
      }));
    },
  };
}

/**
 * Builds the guests and the examples from their sources: `node test/guests/build.js`, or with the names
 * of some. What it makes is committed, so that the tests need no compiler.
 *
 * It wants clang and lld (Debian: clang, lld), and for the guest with a C library wasi-libc,
 * libclang-rt-dev-wasm32 and, in WASI_ADAPTER, the path of wasi_snapshot_preview1.command.wasm, as
 * the package @bytecodealliance/jco 1.35.0 has it in lib/.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { componentEmbed, componentNew } from '@bytecodealliance/jco-transpile/wasm-tools';
import { copyKeyvalue } from '../../scripts/generate-offered.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const examples = fileURLToPath(new URL('../../examples/', import.meta.url));
const wit = fileURLToPath(new URL('../../wit', import.meta.url));

/** What is in `examples/`. */
const shipped = ['count', 'tally', 'upper', 'visits'];

/** Guests that bring what they need of a C library themselves, by the worlds of `wit/`. */
const bare = {
  ...Object.fromEntries(shipped.map((name) => [name, 'command'])),
  visits: 'draft2',
  check: 'command',
  cat: 'command',
  loop: 'command',
  bad: 'command',
  bench: 'command',
  grants: 'command',
  wait: 'command',
  unknown: 'unknown',
  relay: 'relay',
  widen: 'command',
  draft: 'draft',
  draft2: 'draft2',
  preset: 'draft',
  'relay-draft': 'relay-draft',
  'relay-draft2': 'relay-draft2',
  mixed: 'mixed',
  swap: 'draft2',
  first: 'first',
  cache: 'first',
  settings: 'settings',
  steps: 'command',
  watcher: 'watcher-draft',
  watcher2: 'watcher-draft2',
};

/** Guests that are made of another's source, and what is defined for each. */
const variants = {
  draft: { source: 'draft', defines: ['-DDRAFT=1'] },
  draft2: { source: 'draft', defines: ['-DDRAFT=2'] },
  preset: { source: 'preset', defines: ['-DDRAFT=1'] },
  watcher: { source: 'watcher', defines: ['-DDRAFT=1'] },
  watcher2: { source: 'watcher', defines: ['-DDRAFT=2'] },
  'relay-draft': { source: 'relay-draft', defines: ['-DDRAFT=1'] },
  'relay-draft2': { source: 'relay-draft', defines: ['-DDRAFT=2'] },
};

/** What the WIT of a guest has in its `bucket` beside what kv offers. */
const added = {
  widen: 'constructor(name: string); to-string: static func() -> string;',
};

/** Guests with a C library, which finds its imports through an adapter. */
const hosted = { probe: 'probe' };

const bareFlags = ['--target=wasm32', '-nostdlib', '-ffreestanding', '-Wl,--no-entry'];
const hostedFlags = ['--target=wasm32-wasi', '--sysroot=/usr'];
const flags = ['-O2', '-Wall', '-Wextra', '-Werror', '-Wl,--strip-all'];

const folder = mkdtempSync(join(tmpdir(), 'kv-guests-'));
try {
  const chosen = process.argv.slice(2);
  const all = chosen.length > 0 ? chosen : [...Object.keys(bare), ...Object.keys(hosted)];
  for (const name of all) {
    const core = join(folder, `${name}.wasm`);
    compile(name, core);
    const world = bare[name] ?? hosted[name];
    const witPath = makeWit(name);
    const embedded = await componentEmbed({ binary: readFileSync(core), witPath, world });
    const component = await componentNew(embedded, adapters(name));
    writeFileSync(join(folderOf(name), `${name}.wasm`), component);
    console.log(`${name}.wasm: ${component.length} bytes`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The WIT of a guest, in a folder. */
function makeWit(guest) {
  const path = join(folder, `${guest}-wit`);
  cpSync(join(here, 'wit'), path, { recursive: true });
  cpSync(join(wit, 'deps/io'), join(path, 'deps/io'), { recursive: true });
  copyKeyvalue(join(path, 'deps'));
  cpSync(join(here, '../../src/host/wit/deps/config'), join(path, 'deps/config'), {
    recursive: true,
  });
  const types = join(path, 'deps/keyvalue/types.wit');
  const text = readFileSync(types, 'utf8');
  writeFileSync(types, text.replace(/^ *resource bucket \{$/m, `$& ${added[guest] ?? ''}`));
  return path;
}

function folderOf(name) {
  return shipped.includes(name) ? examples : here;
}

function compile(name, core) {
  const { source: sourceName = name, defines = [] } = variants[name] ?? {};
  const source = join(folderOf(name), `${sourceName}.c`);
  const parts = name in bare ? [...bareFlags, join(examples, 'runtime.c')] : hostedFlags;
  execFileSync('clang', [...flags, ...defines, '-I', examples, ...parts, source, '-o', core], {
    stdio: 'inherit',
  });
}

function adapters(name) {
  if (name in bare) return [];
  return [['wasi_snapshot_preview1', readFileSync(process.env.WASI_ADAPTER)]];
}

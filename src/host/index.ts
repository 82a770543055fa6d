/**
 * The host: runs components on granted buckets and on three streams, and gives them nothing else.
 *
 * A guest is synchronous, and so is everything that it calls. So it runs in the main thread, and the
 * event loop stands still until it ends: a signal ends the process at once, which is safe for the
 * store, and a time limit is kept by V8, which can stop code wherever it is.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import vm from 'node:vm';
import { ioError, KvError } from '../errors.js';
import type { Keyvalue } from '../keyvalue/index.js';
import { cacheKey, readCache, writeCache } from './cache.js';
import { type Component, readComponent } from './component.js';
import { denied } from './denied.js';
import { grantBuckets, type OpenGrant } from './grants.js';
import { type Answer, answerTo, isRun, splitVersion } from './offers.js';
import { isTimeout, statusOf } from './outcome.js';
import { type Imports, load, type Program } from './program.js';
import { transpile } from './transpile.js';
import { type StandardEnds, wasiCli } from './wasi-cli.js';
import { wasiClocks } from './wasi-clocks.js';
import { wasiFilesystem } from './wasi-filesystem.js';
import { wasiRandom } from './wasi-random.js';

/** Bytes of a page of WebAssembly's memory. */
const PAGE_BYTES = 65_536;

/** What a component is run with. */
export interface RunRequest {
  /** The component's file. */
  readonly path: string;
  /** The guest's arguments, beside its own name. */
  readonly words: readonly string[];
  readonly grants: readonly OpenGrant[];
  readonly keyvalue: Keyvalue;
  readonly ends: StandardEnds;
  /** Milliseconds after which the guest is stopped; absent: never. */
  readonly timeout?: number | undefined;
  /** Bytes that the guest's memory may grow to; absent: what 32 bits address, 4 GiB. */
  readonly maxMemory?: number | undefined;
  /** Where transpiled components are kept; absent: nowhere. */
  readonly cacheFolder?: string | undefined;
}

/** An import of a component, as it names it, and what it is answered with. */
export interface AnsweredImport {
  readonly name: string;
  readonly answer: Answer;
}

/**
 * Runs a component's `wasi:cli/run` and returns its exit status: 0 for ok, 1 for err, or what it
 * gave to `exit`. Throws `not-a-component`, `not-offered` for an import, `trapped`, `timed-out`,
 * `too-large` where its memory is larger from the beginning, `io` where the file cannot be read.
 */
export async function runComponent(request: RunRequest): Promise<number> {
  const { path, words, keyvalue, timeout } = request;
  const action = `run "${path}"`;
  const bytes = readBytes(path, action);
  const component = readComponent(bytes, action);
  refuseUnlessRunnable(component, action);
  const program = await programOf(bytes, action, request.cacheFolder);
  // Not before: transpiling takes memory of its own.
  if (request.maxMemory !== undefined) limitMemory(request.maxMemory);
  const granted = grantBuckets(keyvalue, request.grants);
  const imports: Imports = {
    ...deniedImports(component),
    ...granted.interfaces,
    'wasi:io/error': keyvalue.error,
    'wasi:io/poll': keyvalue.poll,
    'wasi:io/streams': keyvalue.streams,
    ...wasiCli([basename(path), ...words], request.ends),
    ...wasiClocks(),
    ...wasiRandom(),
    ...wasiFilesystem(),
  };
  let status = 0;
  try {
    within(timeout, () => call(program, imports, component, request.ends));
  } catch (thrown) {
    if (isTimeout(thrown)) {
      throw new KvError('timed-out', `cannot ${action}: it was stopped after ${timeout} ms`);
    }
    status = statusOf(thrown, action);
  }
  granted.close();
  return status;
}

/** What each of a component's imports is answered with. Throws `not-a-component`, `io`. */
export function explainComponent(path: string): AnsweredImport[] {
  const action = `explain "${path}"`;
  const { imports } = readComponent(readBytes(path, action), action);
  return imports.map((name) => ({ name, answer: answerTo(name) }));
}

function readBytes(path: string, action: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw ioError(action, error);
  }
}

function refuseUnlessRunnable({ imports, exports }: Component, action: string): void {
  const refused = imports.find((name) => answerTo(name) === 'refused');
  if (refused !== undefined) {
    throw new KvError('not-offered', `cannot ${action}: it imports ${refused}, which kv has not`);
  }
  if (!exports.some(isRun)) {
    throw new KvError('not-a-component', `cannot ${action}: it does not export wasi:cli/run@0.2`);
  }
}

/** The program, from the cache where it is there, else transpiled now and kept. */
async function programOf(
  bytes: Uint8Array,
  action: string,
  cacheFolder: string | undefined,
): Promise<Program> {
  if (cacheFolder === undefined) return load(await transpile(bytes, action));
  const key = cacheKey(bytes);
  const cached = readCache(cacheFolder, key);
  if (cached !== undefined) return load(cached, cached.codeCache);
  const transpiled = await transpile(bytes, action);
  writeCache(cacheFolder, key, transpiled);
  return load(transpiled);
}

function deniedImports({ imports }: Component): Imports {
  const names = imports.filter((name) => answerTo(name) === 'denied');
  return Object.fromEntries(
    names.map((name) => [splitVersion(name)[0], denied(splitVersion(name)[0])]),
  );
}

/** Bounds what every memory of this process can grow to. */
function limitMemory(bytes: number): void {
  setFlagsFromString(`--wasm-max-mem-pages=${Math.floor(bytes / PAGE_BYTES)}`);
}

/** Calls `run`, and waits until whoever reads the guest's output has it, however it ended. */
function call(program: Program, imports: Imports, component: Component, ends: StandardEnds): void {
  try {
    const exports = program.instantiate(imports);
    const run = exports[component.exports.find(isRun)!] as { run(): void };
    run.run();
  } finally {
    ends.drain();
  }
}

/** Does the work, and stops it after that many milliseconds. */
function within(milliseconds: number | undefined, work: () => void): void {
  if (milliseconds === undefined) work();
  else new vm.Script('work()').runInNewContext({ work }, { timeout: milliseconds });
}

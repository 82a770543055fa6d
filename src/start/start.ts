/**
 * Starts the program from compiled code that an earlier start has kept.
 *
 * Compiling is most of what a short command costs beyond Node's own start. V8 can export its
 * compiled code and import it again; at the end of a run, the export has all functions that were
 * called. So the code is kept after a run that has added to it: the first run of each verb with
 * each of its answers, in a file for each first word of the line, since code for other verbs would
 * take time to load.
 *
 * Node has a cache of its own (`module.enableCompileCache`, from 22.1). It is not used: it keeps
 * what the first run has called and nothing of later ones, does not check who owns the files, and
 * Node 20 lacks it.
 *
 * Kept code can only make a start faster: if anything is wrong with it, the program is compiled
 * anew.
 */
import { closeSync, fstatSync, openSync, readSync, type Stats, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { exitCodes } from '../errors.js';
import { userFolder } from '../line/user-folder.js';
import { fnv1a } from '../store/fnv1a.js';
import { type Limits, processLimits, usedMemory } from '../store/process-limits.js';
import { codeFileOf, type Found, readCode } from './code-file.js';
import { codeFilePath, keepCode } from './keep-code.js';
import { type Launch, takeRestarts } from './launch.js';
import { StartTrace } from './start-trace.js';

/** A digest of the program's file, put in by the build. */
declare const KV_PROGRAM_DIGEST: string;

/** Provided for every CommonJS module. */
declare const __dirname: string;
declare const require: (name: string) => unknown;

/** The exports of main.ts. */
interface Program {
  main(argv: readonly string[], env: NodeJS.ProcessEnv, launch: Launch): Promise<void>;
}

/** The program's file, beside this one. */
const PROGRAM = 'kv.cjs';

/**
 * After a run with more processor time, in microseconds, or a longer duration, in seconds, code is
 * not kept: V8 may have dropped some of it by then.
 */
const KEPT_RUN = { microseconds: 2_000_000, seconds: 60 } as const;

/** The id of the first process of a container. */
const FIRST_PROCESS = 1;

/** Runs the program with the words of the process. */
export function start(): void {
  if (process.pid !== FIRST_PROCESS) startHere();
  else import('./first-process.js').then(({ runInChild }) => runInChild(startHere));
}

function startHere(): void {
  const { argv, env } = process;
  const limits = processLimits();
  const fault = faultOfMemory(limits);
  if (fault !== undefined) {
    process.exitCode = exitCodes.store;
    writeSync(STDERR, refusal(fault, argv));
    return;
  }
  const trace = env.KV_TRACE === 'start' ? new StartTrace() : undefined;
  trace?.reached('Node itself');
  const launch: Launch = {
    verb: undefined,
    restarts: takeRestarts(env),
    reached: (step) => trace?.reached(step),
  };
  if (trace) process.on('exit', () => trace.reached('what was written has drained'));
  const program = load(env, limits, launch, trace);
  trace?.reached('the program is loaded');
  program.main(argv.slice(2), env, launch);
  if (trace) process.on('exit', () => trace.print());
}

/**
 * Bytes of addresses, and of memory of its own, that the program needs beside what Node has when it
 * starts: its code, V8's young generation (three semi-spaces of 32 MiB on Node 24), and for each of
 * four threads a stack and an arena of malloc's. What a store needs beside is checked when it is
 * opened, which an import does after it has begun to read.
 */
const START_ADDRESSES_BYTES = 512 * 1024 * 1024;
const START_DATA_BYTES = 24 * 1024 * 1024;

const STDERR = 2;

/** The words of the line are not read yet: `--json` may be any before `--`. */
function refusal({ state, hint }: Fault, words: readonly string[]): string {
  const message = `cannot start: ${state}`;
  const options = words.slice(0, words.includes('--') ? words.indexOf('--') : undefined);
  if (!options.includes('--json')) return `kv: ${message}\n${hint}\n`;
  return `${JSON.stringify({ error: { code: 'full', message, hint } })}\n`;
}

interface Fault {
  readonly state: string;
  readonly hint: string;
}

/** What limit is too low for the program itself: V8 aborts where memory is refused. */
function faultOfMemory({ addresses, data }: Limits): Fault | undefined {
  if (addresses === Number.POSITIVE_INFINITY && data === addresses) return undefined;
  const used = usedMemory();
  if (addresses - used.addresses < START_ADDRESSES_BYTES) {
    const state = "the limit on the process's addresses is too low";
    return { state, hint: 'try: ulimit -v unlimited' };
  }
  if (data - used.data < START_DATA_BYTES) {
    const state = "the limit on the process's data is too low";
    return { state, hint: 'try: ulimit -d unlimited' };
  }
  return undefined;
}

function load(
  env: NodeJS.ProcessEnv,
  limits: Limits,
  launch: Launch,
  trace: StartTrace | undefined,
): Program {
  const path = join(__dirname, PROGRAM);
  const folder = userFolder('cache', env);
  const reason = env.KV_NO_CACHE ? 'KV_NO_CACHE is set' : faultOf(folder, limits);
  if (folder === undefined || reason !== undefined) {
    trace?.note(`no code is kept: ${reason}`);
    return require(path) as Program;
  }
  const { text, stats } = sourceOf(path);
  const key = keyOf(stats, process);
  const file = codeFilePath(folder, digestOf(key));
  const found = readCode(folder, file, key);
  trace?.reached('the program and its kept code are read');
  const script = new Script(text, {
    filename: path,
    ...('code' in found && { cachedData: found.code }),
  });
  trace?.reached('its code is there');
  const verbs = verbsIn(found, script);
  trace?.note(
    verbs === undefined
      ? `compiled: ${'reason' in found ? found.reason : `V8 refused ${file}`}`
      : `kept by earlier starts: ${verbs.join(', ')}, in ${file}`,
  );
  process.on('exit', () => {
    const run = nameOfRun(launch);
    if (run === undefined || verbs?.includes(run) || isLong()) return;
    try {
      const code = script.createCachedData();
      keepCode(folder, file, codeFileOf(key, { verbs: [...(verbs ?? []), run], code }));
      trace?.reached(`the code is kept for the next start: ${code.length} bytes`);
    } catch (error) {
      trace?.note(`the code is not kept: ${(error as Error).message}`);
    }
  });
  const module = { exports: {} };
  script
    .runInThisContext()
    .call(module.exports, module.exports, require, module, path, dirname(path));
  return module.exports as Program;
}

/** Bytes of stack that V8 needs to import code, which it does recursively. */
const STACK_BYTES = 256 * 1024;

/** Why code cannot be kept in, or read from, that folder. */
function faultOf(folder: string | undefined, { stack }: Limits): string | undefined {
  if (folder === undefined) return 'there is no home folder';
  // Node replaces invalid UTF-8 by U+FFFD: it would be another folder.
  if (folder.includes('\ufffd')) return 'the name of its folder is not UTF-8';
  return stack < STACK_BYTES ? 'the limit on the stack is low' : undefined;
}

/** The verbs whose code was kept; undefined if there was none, or V8 rejected it. */
function verbsIn(found: Found, script: Script): readonly string[] | undefined {
  return 'verbs' in found && script.cachedDataRejected === false ? found.verbs : undefined;
}

/** A verb, with its exit status if that is an answer; undefined after an error. */
function nameOfRun({ verb }: Launch): string | undefined {
  const status = process.exitCode ?? exitCodes.done;
  if (verb === undefined || status === exitCodes.done) return verb;
  const isAnswer = status === exitCodes.no || status === exitCodes.conditionFailed;
  return isAnswer ? `${verb} (${status})` : undefined;
}

function isLong(): boolean {
  const { microseconds, seconds } = KEPT_RUN;
  return process.cpuUsage().user > microseconds || process.uptime() > seconds;
}

/** Node's wrapper around every CommonJS module. */
const PROLOGUE = '(function (exports, require, module, __filename, __dirname) {';
const EPILOGUE = '\n})';

/**
 * Characters from which on Node keeps a string outside of V8's heap (EXTERN_APEX of its
 * string_bytes.cc, plus one). A shorter string of the program's size would fill most of V8's young
 * generation, and cause two garbage collections in a short run.
 */
const OUTSIDE_CHARACTERS = 0xfbee9 + 1;

/**
 * A program's text, wrapped as a CommonJS module. It is assembled as bytes, since a string would be
 * in V8's heap.
 */
function sourceOf(path: string): { readonly text: string; readonly stats: Stats } {
  const descriptor = openSync(path, 'r');
  try {
    const stats = fstatSync(descriptor);
    const size = PROLOGUE.length + stats.size + EPILOGUE.length;
    const bytes = Buffer.allocUnsafeSlow(Math.max(size, OUTSIDE_CHARACTERS));
    bytes.write(PROLOGUE, 0, 'latin1');
    const length = readSync(descriptor, bytes, PROLOGUE.length, stats.size, 0);
    bytes.write(EPILOGUE, PROLOGUE.length + length, 'latin1');
    // Spaces up to the end. The build writes ASCII.
    bytes.fill(' ', PROLOGUE.length + length + EPILOGUE.length);
    return { text: bytes.toString('latin1'), stats };
  } finally {
    closeSync(descriptor);
  }
}

/** A first word that may be a verb, or its first word. */
const WORD = /^[a-z_][a-z_-]*$/;

/**
 * What the code depends on: the program, this Node, its options, some of which are V8's, and the
 * verb.
 */
function keyOf({ size, mtimeMs }: Stats, node: NodeJS.Process): string {
  const word = node.argv[2] ?? '';
  return JSON.stringify([
    KV_PROGRAM_DIGEST,
    size,
    mtimeMs,
    node.version,
    node.versions.v8,
    node.arch,
    node.execArgv,
    node.env.NODE_OPTIONS ?? '',
    WORD.test(word) ? word : '',
  ]);
}

/** FNV-1a, in both directions. Two texts may share a digest: the file contains the whole text. */
function digestOf(text: string): string {
  const bytes = Buffer.from(text);
  const halves = [fnv1a(bytes), fnv1a(bytes.reverse())];
  return halves.map((half) => half.toString(16).padStart(8, '0')).join('');
}

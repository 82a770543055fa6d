import { setTimeout as sleep } from 'node:timers/promises';
import { printExplanation } from '../answers/explanation.js';
import { defineCommand } from '../command.js';
import type { Context, Grant, OpenGrant, Pace } from '../context.js';
import { absentBucket, exitCodes, KvError } from '../errors.js';
import { parseDuration } from '../line/duration.js';
import { parseSize } from '../line/option-values.js';
import { writeError } from '../terminal/error-message.js';
import { visibleMessage } from '../terminal/visible.js';

/** Milliseconds between two looks for a store that does not exist yet. */
const PAUSE_MS = 50;

const missedIn = (bucket: string) =>
  `keys of bucket "${bucket}" may have been deleted, or have expired, without a call`;

export const command = defineCommand({
  name: 'run',
  summary: 'Run a WebAssembly component on granted buckets',
  details: `COMPONENT exports wasi:cli/run and may import wasi:keyvalue, of 0.2.0-draft (types, eventual, atomic and
eventual-batch, or store, atomics and batch), of 0.2.0-draft2 (store, atomics and batch) and of 0.1.0, and wasi:io,
wasi:cli, wasi:clocks and wasi:random 0.2: what it imports is held against these, function by function and
type by type, before it starts. It has stdin, stdout, stderr, its ARGS and the buckets granted to it: the
current one under its own name where no --bucket is given. To \`open\` the empty name is the bucket granted
under that, else \`default\`, else the only one. It has no files and no network, and of an environment the variables of --env
alone. What --config and --config-file say is what wasi:config/store has for it; without them that is denied.

--max-memory, 1G where it is not given, bounds its memories together, and with them what kv holds for it: values
that it writes or has not dropped, errors and streams (256 MiB at most, or a quarter of V8's heap limit).
Beyond that it has at most 65,536 handles, 1,000 instances of modules, 1,000,000 entries of tables,
64 MiB of values in one call, 8 MiB of declarations, 64 MiB of code and 512 MiB of machine code. More is a trap.
--timeout counts from when its file is opened.

What it writes is on the disk when the call returns. With --sync 100ms, or another time, its writes share
transactions of at most so long, and with --sync exit those of the whole run do; each ends earlier when another process
has waited for 0.1 s to write, after 10,000 writes or 16 MiB, before the component waits for input, output or a clock,
and before it reads a value over 64 KiB. It sees its own writes at once, others see them with the commit, and while a transaction is
open others wait to write, also while the component computes without a call. All is committed when it ends, whether it returns, exits, traps or --timeout stops it.
When kv itself is ended, by a signal (Ctrl-C too), by kill or with the machine, the writes of the open transaction are
lost, all of them: those of the last 100ms, or from longer ago where the component has made no call since; with exit
those since the last commit. What was committed is stored.

With --watch it exports wasi:keyvalue/watcher, of 0.2.0-draft or 0.2.0-draft2, in place of run: its on-set and on-delete are
called for what anybody sets and deletes in the granted buckets, and for what expires there; in a bucket in the order
in which that was committed, on-delete first, and once each: several changes of a key within some tenths of a second are one.
What it writes itself is such a change. --prefix leaves other keys out, --timeout is for each call. A call that traps,
or is stopped, ends it, or with --keep-going is told, and a new instance goes on. It ends with Ctrl-C, when nobody reads
what it prints, or with the status that it passes to exit.`,
  access: ({ explain, bucket }) => {
    if (explain) return 'none';
    return bucket.length > 0 && bucket.every(({ readOnly }) => readOnly) ? 'read' : 'write';
  },
  wait: ({ timeout, watch }) => (watch ? undefined : timeout),
  inScripts: false,
  arguments: [
    { name: 'component', summary: 'a file with a component', completes: 'file' },
    { name: 'args', summary: 'arguments of its own, after --', optional: true, variadic: true },
  ],
  options: {
    bucket: {
      short: 'b',
      value: 'GUEST=REAL[:ro]',
      summary: 'grant the bucket REAL under the name GUEST, :ro to read only; may be repeated',
      parse: parseGrant,
      repeats: true,
      completes: 'grant',
    },
    env: {
      value: 'NAME[=V]',
      summary: 'give it a variable, with its value here where none is said; may be repeated',
      parse: parseVariable,
      repeats: true,
    },
    config: {
      value: 'NAME=V',
      summary: 'give it a setting, by wasi:config/store; may be repeated',
      parse: parseSetting,
      repeats: true,
    },
    configFile: {
      value: 'FILE',
      summary: 'give it the settings of a file, a NAME=V a line; may be repeated',
      parse: String,
      repeats: true,
      completes: 'file',
    },
    sync: {
      value: 'WHEN',
      summary:
        'commit each write, or what was written in a time such as 100ms, or at exit; else each',
      parse: parsePace,
    },
    watch: { summary: 'call it for what is set, deleted or expires, until Ctrl-C' },
    prefix: { value: 'P', summary: 'with --watch: of keys that begin with P', completes: 'key' },
    keepGoing: { summary: 'with --watch: go on after a call that traps' },
    timeout: { value: 'DUR', summary: 'stop it after 500ms, 10s, 5m, 1h', parse: parseDuration },
    maxMemory: {
      value: 'SIZE',
      summary: 'limit its memory and what kv holds for it: 512K, 64M, 2G; else 1G',
      parse: parseSize,
    },
    explain: { summary: 'list its imports and exports and what it is given, and run nothing' },
  },
  examples: [
    { line: 'kv run count.wasm', summary: 'on the current bucket' },
    { line: 'kv run app.wasm -b in=photos:ro -b out=small', summary: 'two buckets, one to read' },
    { line: 'kv run app.wasm --timeout 10s -- --verbose', summary: 'with an argument of its own' },
    { line: 'kv run app.wasm --env HOME --config port=80', summary: 'a variable, and a setting' },
    { line: 'kv run --watch index.wasm --prefix doc/', summary: 'called for what changes' },
    { line: 'kv run app.wasm --explain', summary: 'what it imports, and its grants' },
  ],
  exits: {
    [exitCodes.done]: 'it returned ok',
    [exitCodes.no]: 'it returned an error; a status that it passes to exit is passed on',
    [exitCodes.badData]: 'not a component, or one that imports what kv does not offer',
    [exitCodes.busy]: 'stopped by --timeout',
    [exitCodes.trapped]: 'it trapped: a defect of its own',
  },

  async run(
    context,
    { component: path, args: words = [], timeout, maxMemory, sync, ...options },
    { host, env: surroundings, findStore },
  ) {
    const { watch, prefix, keepGoing } = options;
    if (!watch && (prefix !== undefined || keepGoing)) {
      throw new KvError('usage', 'only with --watch there are --prefix and --keep-going');
    }
    const { bucket, explain, config: settings, configFile: files } = options;
    const env = options.env.flatMap(([name, value = surroundings[name]]) =>
      value === undefined ? [] : [[name, value] as const],
    );
    const isConfigured = settings.length > 0 || files.length > 0;
    const config = isConfigured ? await host.config(files, settings) : undefined;
    const { readOnly, bucket: current } = context.settings;
    const given: Grant[] =
      bucket.length > 0 ? bucket : [{ guest: current, bucket: current, readOnly }];
    const grants = given.map((grant) => ({ ...grant, readOnly: grant.readOnly || readOnly }));
    refuseTwice(grants);
    if (explain) {
      const explanation = await host.explain(path, isConfigured);
      return printExplanation(context, explanation, {
        grants,
        env: env.map(([name]) => name),
        config: [...(config ?? new Map()).keys()],
      });
    }
    const { keyvalue } = context;
    const pace = sync === 'each' ? undefined : sync;
    if (pace)
      keyvalue.transactions.require('run with --sync', 'without it, each write is made by itself');
    const open = grants.map((grant) => openGrant(context, grant));
    // Later the guest would get the error, and the caller would not learn the reason.
    if (grants.some((grant) => !grant.readOnly)) await keyvalue.transactions.writersDone();
    const request = { path, words, grants: open, env, config, keyvalue, timeout, maxMemory, pace };
    if (!watch) return host.run(request);
    const names = grants.map((grant) => `"${grant.bucket}"`).join(', ');
    return context.interruptible(async (signal) => {
      await whenThere(findStore, signal);
      return host.watch({
        ...request,
        ...{ prefix, keepGoing, signal },
        begun: () => context.terminal.note(`watching ${names}, until Ctrl-C`),
        failed: (error) => writeError(context.terminal.stderr, error, context.settings),
        missed: (name) => context.terminal.stderr.write(`${visibleMessage(missedIn(name))}\n`),
      });
    });
  },
});

/** `GUEST=REAL`, where GUEST may be empty, or one name for both, optionally with `:ro`. */
function parseGrant(text: string): Grant {
  const readOnly = text.endsWith(':ro');
  const names = readOnly ? text.slice(0, -':ro'.length) : text;
  const at = names.indexOf('=');
  const guest = at === -1 ? names : names.slice(0, at);
  const bucket = names.slice(at + 1);
  if (bucket === '') {
    throw new KvError('usage', 'a name is missing: GUEST=REAL, or GUEST=REAL:ro, is expected');
  }
  return { guest, bucket, readOnly };
}

/** `each`, `exit` or a duration. */
function parsePace(text: string): Pace | 'each' {
  if (text === 'each') return text;
  if (text === 'exit') return { milliseconds: undefined };
  try {
    return { milliseconds: parseDuration(text) };
  } catch {
    const state = 'each, exit or a length of time such as 100ms is expected';
    throw new KvError('usage', `${state}, and not "${text}"`);
  }
}

/** `NAME=V`. */
function parseSetting(text: string): [name: string, value: string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new KvError('usage', `"${text}" is not of the form NAME=V`);
}

/** `NAME=V`, or `NAME`. */
function parseVariable(text: string): [name: string, value?: string] {
  return text.includes('=') || text === '' ? parseSetting(text) : [text];
}

function refuseTwice(grants: readonly Grant[]): void {
  const names = grants.map(({ guest }) => guest);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new KvError('usage', `two buckets are granted under the name "${twice}"`);
}

/** Throws `no-bucket`, except for `default`, which is made when the guest opens it to write. */
function openGrant(context: Context, grant: Grant): OpenGrant {
  const { bucket, readOnly } = grant;
  if (!context.hasBucket(bucket)) throw absentBucket(bucket);
  const open = () => (readOnly ? context.bucketToRead(bucket) : context.bucketToWrite(bucket));
  return { ...grant, open };
}

/** Resolves when the store exists. Rejects with the signal's reason. */
async function whenThere(findStore: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  while (!(await findStore())) {
    await sleep(PAUSE_MS);
    signal.throwIfAborted();
  }
}

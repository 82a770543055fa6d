/** Runs commands as the command line does, over a store of the test's own and a terminal of buffers. */

import { sessionOf } from '../../src/app/session.js';
import { createManual } from '../../src/cli/help.js';
import type { Outcome } from '../../src/command.js';
import { registry } from '../../src/commands/index.js';
import type { Host } from '../../src/context.js';
import { asKvError, exitCodes, KvError } from '../../src/errors.js';
import { configOf, explainComponent } from '../../src/host/index.js';
import type { Bucket } from '../../src/keyvalue/bucket.js';
import { createKeyvalue, type Keyvalue } from '../../src/keyvalue/index.js';
import { parse } from '../../src/line/invocation.js';
import { withUsage } from '../../src/line/usage.js';
import { MemoryStore } from '../../src/store/memory/memory-store.js';
import {
  type BufferTerminal,
  type BufferTerminalOptions,
  bufferTerminal,
} from './buffer-terminal.js';
import { openTestKeyvalue } from './open-test-store.js';

export interface Ended {
  /** The exit status. */
  readonly outcome: number;
  /** What the command threw; the process would show it on stderr. */
  readonly error: KvError | undefined;
  readonly stdout: Buffer;
  /** The same as text. */
  readonly text: string;
  /** Remarks. */
  readonly stderr: string;
  readonly stdinWasRead: boolean;
  /** What a person was asked. */
  readonly questions: readonly string[];
  /** What a bar would have said beside its figures. */
  readonly remarks: readonly string[];
}

/** A command line without its `kv`: a text is split at its spaces. */
export type Words = string | readonly string[];

export interface Kv {
  (words: Words, terminal?: BufferTerminalOptions): Promise<Ended>;
  /** The store that all the commands work on. */
  readonly keyvalue: Keyvalue;
}

/** A person who sees and types everything. */
export const onTerminal = {
  stdinKind: 'terminal',
  stdoutIsTerminal: true,
  stderrIsTerminal: true,
} as const satisfies BufferTerminalOptions;

/** Commands over a fresh store in memory. `now` is the clock by which its records expire. */
export function kvInMemory(now?: () => number): Kv {
  return kvOver(createKeyvalue(new MemoryStore(now)));
}

/** Commands over a fresh store on the disk. */
export async function kvOnDisk(now?: () => number): Promise<Kv> {
  return kvOver(await openTestKeyvalue(now));
}

/** Commands over the interfaces of a store. */
export function kvOver(keyvalue: Keyvalue): Kv {
  const kv = (words: Words, terminal: BufferTerminalOptions = {}) =>
    run(keyvalue, typeof words === 'string' ? words.split(' ') : words, terminal);
  return Object.assign(kv, { keyvalue });
}

async function run(
  keyvalue: Keyvalue,
  words: readonly string[],
  options: BufferTerminalOptions,
): Promise<Ended> {
  const invocation = await parse(words, registry, {}).catch((thrown: unknown) => asKvError(thrown));
  if (invocation instanceof KvError) return ended(bufferTerminal(options), invocation);
  if (invocation.kind !== 'run') throw new Error(`"${words.join(' ')}" runs no command`);
  const { command, input, settings } = invocation;
  const terminal = bufferTerminal({ ...options, quiet: settings.quiet, input: settings.input });
  const surroundings = { settings, terminal, env: {}, verbs: registry, manualWith, host };
  const { context, tools } = sessionOf(surroundings, keyvalue, emptyBucket);
  try {
    return ended(terminal, undefined, await command.run(context, input, tools));
  } catch (thrown) {
    const error = asKvError(thrown);
    if (error.code === 'internal') throw thrown;
    return ended(terminal, withUsage(command, error) as KvError);
  }
}

function ended(terminal: BufferTerminal, error: KvError | undefined, outcome?: Outcome): Ended {
  return {
    outcome: error?.exitCode ?? outcome ?? exitCodes.done,
    error,
    stdout: terminal.stdoutBytes(),
    text: terminal.stdoutText,
    stderr: terminal.stderrText,
    stdinWasRead: terminal.stdinWasRead,
    questions: terminal.questions,
    remarks: terminal.remarks,
  };
}

const manual = createManual(registry, '0.0.0');
const manualWith = () => manual;

/** Components run in processes of their own, in other tests: a guest has the process's streams. */
const host: Host = {
  run: () => Promise.reject(new Error('no component is run here')),
  watch: () => Promise.reject(new Error('no component is run here')),
  explain: async (path, isConfigured) => explainComponent(path, isConfigured),
  config: async (files, settings) => configOf(files, settings),
};

/** What a read finds before anything has been written. */
function emptyBucket(): Bucket {
  return createKeyvalue(new MemoryStore()).buckets.create('default');
}

/** An import from beginning to end: reading, loading, and reporting. */
import type { Context } from '../context.js';
import { type ExitCode, exitCodes, KvError } from '../errors.js';
import { type AnyFormat, FormatError } from '../formats/format.js';
import { databaseFormatNames, loadFormat, type StreamFormatName } from '../formats/index.js';
import { fittedMessage } from '../terminal/fitted-message.js';
import { chunksUnlessAborted } from '../terminal/pump.js';
import { counted } from '../terminal/quantities.js';
import { unlessUnread } from '../terminal/stoppable-output.js';
import type { Input, Output } from '../terminal/terminal.js';
import { visibleMessage } from '../terminal/visible.js';
import { decompressed } from './compressed-input.js';
import type { FolderImport } from './files-import.js';
import { ImportEnding } from './import-ending.js';
import type { ImportOptions } from './import-options.js';
import { reportImport } from './import-report.js';
import { ImportSink } from './import-sink.js';
import { ImportTargets } from './import-targets.js';
import { Rejection } from './rejection.js';

/**
 * Bytes of a dump that are decoded before their records are written: they may hold thousands of
 * databases, each with its own batch.
 */
const DUMP_STEP_BYTES = 256 * 1024;

/** What was read and loaded by an import that reached its end. */
interface Loaded {
  readonly sink: ImportSink;
  /** Bytes of the input. */
  readonly bytes: number;
}

/** Runs an import, and returns the exit status. Throws `rejected` for the record that ended it. */
export async function importRecords(context: Context, options: ImportOptions): Promise<ExitCode> {
  const { rejectsFile, skip } = options;
  // An import that continues keeps the rejected records of earlier runs in the file.
  const how = skip > 0 ? undefined : 'anew';
  const rejects =
    rejectsFile === undefined
      ? undefined
      : await context.terminal.openAppend(rejectsFile, undefined, how);
  try {
    return await context.interruptible(async (signal) => {
      const stderr = unlessUnread(context.terminal.stderr, signal);
      const own = { ...context, terminal: { ...context.terminal, stderr } };
      const rejected = rejects && unlessUnread(rejects, signal);
      const { sink, bytes } = await inTargets(own, options, rejected, signal);
      await reportImport(own, options, sink, bytes);
      // A signal that came too late to stop this import still ends a loop that runs several.
      signal.throwIfAborted();
      return sink.rejections.count > 0 ? exitCodes.badData : exitCodes.done;
    });
  } finally {
    await rejects?.commit();
  }
}

/** Loads into the buckets, or for `replace` into drafts that then replace them. */
async function inTargets(
  context: Context,
  options: ImportOptions,
  rejects: Output | undefined,
  signal: AbortSignal,
): Promise<Loaded> {
  const { transactions } = context.keyvalue;
  const { mode, dryRun, atomic, format: name } = options;
  const isWithin = atomic && !dryRun && mode !== 'replace';
  if (isWithin) {
    transactions.require('import with --atomic', 'without it, --skip goes on after an error');
  }
  const format = await loadFormat(name);
  const targets = new ImportTargets(context, options);
  const sink = new ImportSink(context, targets, options, { counts: format.counts, signal });
  // Part of a script's or a session's transaction.
  const isPart = transactions.isOpen;
  const ending = new ImportEnding(context, options, sink, { format, isPart });
  const loadAll = async () => {
    const bytes = await load(context, { format, targets, sink, ending, rejects }, options, signal);
    await targets.publish(signal);
    return { sink, bytes };
  };
  try {
    // Awaited here, so that a signal is heard.
    if (!dryRun && !context.settings.readOnly) await transactions.writersDone(signal);
    return await (isWithin ? transactions.group(loadAll) : loadAll());
  } catch (thrown) {
    throw await ending.error(thrown);
  } finally {
    await targets.discard(signal.aborted);
  }
}

/** The parts of an import besides its options. */
interface Parts {
  readonly format: AnyFormat;
  readonly targets: ImportTargets;
  readonly sink: ImportSink;
  readonly ending: ImportEnding;
  readonly rejects: Output | undefined;
}

/** Returns the bytes of the input. Throws what ended it. */
async function load(
  context: Context,
  { targets, sink, ending, rejects }: Parts,
  options: ImportOptions,
  signal: AbortSignal,
): Promise<number> {
  const { input, dryRun } = options;
  const { kind } = input;
  const progress = await context.terminal.progress(kind === 'folder' ? undefined : input.size);
  let bytes = 0;
  const tell = async () => {
    await sink.rejections.write(rejects, sink.load.committedThrough);
    progress.update(bytes, ending.remark);
  };
  const whenQuiet = async () => {
    await sink.finish();
    await tell();
  };
  const begins = async (sofar: number) => {
    bytes = sofar;
    if (!dryRun) await context.keyvalue.transactions.writersDone(signal);
  };
  let folder: FolderImport | undefined;
  try {
    sink.begin();
    const reader = { signal, dryRun, begins, tell, whenQuiet };
    if (kind === 'folder') {
      const { FolderImport: ReadOptions } = await import('./files-import.js');
      folder = new ReadOptions(context, input, sink, targets.get().bucket);
      bytes = await folder.read(reader);
    } else await readStream(input, options, sink, reader);
    sink.checkDatabase();
    await sink.finish();
    await sink.rejections.write(rejects);
    refusePart(sink, options);
    await folder?.deleteOthers(signal, dryRun);
    await warn(context, sink, options, folder?.unkeptInWords);
    return bytes;
  } catch (thrown) {
    const cause = await sink.settle(thrown);
    const isAtFault = cause instanceof Rejection || cause instanceof FormatError;
    // If the input is not at fault, everything that is not stored is read again.
    const through = isAtFault ? Number.POSITIVE_INFINITY : sink.load.committedThrough;
    await sink.rejections.write(rejects, through);
    progress.stop();
    await warn(context, sink, options, undefined);
    throw cause;
  } finally {
    progress.stop();
  }
}

/** How the reader hands records on to the store, and how progress is followed. */
export interface ReadingSteps {
  readonly signal: AbortSignal;
  /** Called before the records decoded so far are written; `bytes` of the input have been read. */
  begins(bytes: number): Promise<void>;
  /** Called after they have been written. */
  tell(): Promise<void>;
  /** Called when the input is silent. */
  whenQuiet(): Promise<void>;
}

async function readStream(
  input: Input,
  { format: name, readOptions }: ImportOptions,
  sink: ImportSink,
  { signal, begins, tell, whenQuiet }: ReadingSteps,
): Promise<void> {
  const decoder = (await loadFormat(name as StreamFormatName)).decoder(
    sink,
    undefined,
    readOptions,
  );
  let bytes = 0;
  for await (const piece of chunksUnlessAborted(decompressed(input), signal, whenQuiet)) {
    bytes += piece.length;
    const step = databaseFormatNames.includes(name) ? DUMP_STEP_BYTES : piece.length;
    await begins(bytes);
    for (let at = 0; at < piece.length; at += step) {
      decoder.push(piece.subarray(at, at + step));
      await sink.drain();
    }
    await tell();
  }
  decoder.end();
}

/** Throws `rejected` if all or nothing was to be stored, and a record was rejected. */
function refusePart(
  { read, rejections: { count } }: ImportSink,
  { atomic, dryRun, name }: ImportOptions,
): void {
  if (!atomic || dryRun || count === 0) return;
  const all = `of its ${counted(read, 'record')}`;
  const state = counted(count, `${all} was rejected`, `${all} were rejected`);
  throw new KvError('rejected', `cannot import "${name}": ${state}`);
}

/** Warns of what was left out of the records: no status tells it. */
async function warn(
  { terminal }: Context,
  { unknown, read }: ImportSink,
  { name }: ImportOptions,
  unkept: string | undefined,
): Promise<void> {
  for (const warning of [unknown.warning(read), unkept]) {
    if (warning === undefined) continue;
    const line = visibleMessage(`${name}: ${warning}`);
    await terminal.stderr.write(`${fittedMessage(line, terminal.stderr)}\n`);
  }
}

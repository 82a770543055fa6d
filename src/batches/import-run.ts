/** An import from beginning to end: reading, loading, and saying what came of it. */
import type { Context } from '../context.js';
import { type ExitCode, exitCodes, KvError } from '../errors.js';
import { type Format, FormatError } from '../formats/format.js';
import { databaseFormatNames, loadFormat } from '../formats/index.js';
import { chunksUnlessAborted } from '../terminal/pump.js';
import type { FileOutput } from '../terminal/terminal.js';
import { visibleMessage } from '../terminal/visible.js';
import { ImportEnding } from './import-ending.js';
import type { ImportOptions } from './import-options.js';
import { reportImport } from './import-report.js';
import { ImportSink } from './import-sink.js';
import { ImportTargets } from './import-targets.js';
import { Rejection } from './rejection.js';

/**
 * Bytes of a dump that are decoded before what came of them is written: they may hold thousands of
 * databases, each with a batch of its own.
 */
const DUMP_STEP_BYTES = 256 * 1024;

/** What was read and loaded, when all of it was. */
interface Loaded {
  readonly sink: ImportSink;
  /** Bytes of the input. */
  readonly bytes: number;
}

/** Runs an import; throws `rejected` for the record that ended it, or returns the exit status. */
export async function importRecords(context: Context, options: ImportOptions): Promise<ExitCode> {
  const { rejectsFile, skip } = options;
  // An import that goes on leaves those of before in the file.
  const how = skip > 0 ? undefined : 'anew';
  const rejects =
    rejectsFile === undefined
      ? undefined
      : await context.terminal.openAppend(rejectsFile, undefined, how);
  try {
    return await context.interruptible(async (signal) => {
      const { sink, bytes } = await inTargets(context, options, rejects, signal);
      await reportImport(context, options, sink, bytes);
      // It came too late to stop the import; whoever runs several must not go on with the next.
      signal.throwIfAborted();
      return sink.rejections.count > 0 ? exitCodes.badData : exitCodes.done;
    });
  } finally {
    await rejects?.commit();
  }
}

/** Loads into the buckets themselves, or for `replace` into drafts that then take their places. */
async function inTargets(
  context: Context,
  options: ImportOptions,
  rejects: FileOutput | undefined,
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
  // Of a script or a session that is one transaction.
  const isPart = transactions.isOpen;
  const ending = new ImportEnding(context, options, sink, { format, isPart });
  const loadAll = async () => {
    const bytes = await load(context, { format, sink, ending, rejects }, options, signal);
    await targets.publish(signal);
    return { sink, bytes };
  };
  try {
    // Waited for here, so that a signal is heard.
    if (!dryRun && !context.settings.readOnly) await transactions.writersDone(signal);
    return await (isWithin ? transactions.group(loadAll) : loadAll());
  } catch (thrown) {
    throw await ending.error(thrown);
  } finally {
    await targets.discard(signal.aborted);
  }
}

/** What an import is made of, beside its options. */
interface Parts {
  readonly format: Format;
  readonly sink: ImportSink;
  readonly ending: ImportEnding;
  readonly rejects: FileOutput | undefined;
}

/** Returns the bytes of the input. Throws what ended it. */
async function load(
  context: Context,
  { format, sink, ending, rejects }: Parts,
  options: ImportOptions,
  signal: AbortSignal,
): Promise<number> {
  const { input, format: name, dryRun } = options;
  const decoder = format.decoder(sink);
  const progress = await context.terminal.progress(input.size);
  let bytes = 0;
  const tell = async () => {
    await sink.rejections.write(rejects, sink.load.committedThrough);
    progress.update(bytes, ending.remark);
  };
  const whenQuiet = async () => {
    await sink.finish();
    await tell();
  };
  try {
    sink.begin();
    for await (const piece of chunksUnlessAborted(input, signal, whenQuiet)) {
      bytes += piece.length;
      const step = databaseFormatNames.includes(name) ? DUMP_STEP_BYTES : piece.length;
      if (!dryRun) await context.keyvalue.transactions.writersDone(signal);
      for (let at = 0; at < piece.length; at += step) {
        decoder.push(piece.subarray(at, at + step));
        await sink.drain();
      }
      await tell();
    }
    decoder.end();
    sink.checkDatabase();
    await sink.finish();
    await sink.rejections.write(rejects);
    refusePart(sink, options);
    await warn(context, sink, options);
    return bytes;
  } catch (thrown) {
    const cause = await sink.settle(thrown);
    const isAtFault = cause instanceof Rejection || cause instanceof FormatError;
    // Where nothing is wrong with the input, what is not stored is read again.
    const through = isAtFault ? Number.POSITIVE_INFINITY : sink.load.committedThrough;
    await sink.rejections.write(rejects, through);
    progress.stop();
    await warn(context, sink, options);
    throw cause;
  } finally {
    progress.stop();
  }
}

/** Throws `rejected` where all or nothing was to be stored, and some of it cannot. */
function refusePart(
  { read, rejections: { count } }: ImportSink,
  { atomic, dryRun, name }: ImportOptions,
): void {
  if (!atomic || dryRun || count === 0) return;
  const state = `${count} of its ${read} records were rejected`;
  throw new KvError('rejected', `cannot import "${name}": ${state}`);
}

/** Says what was left out of the records: no status tells it. */
async function warn(
  { terminal }: Context,
  { unknown, read }: ImportSink,
  { name }: ImportOptions,
): Promise<void> {
  const warning = unknown.warning(read);
  if (warning === undefined) return;
  await terminal.stderr.write(`${visibleMessage(`${name}: ${warning}`)}\n`);
}

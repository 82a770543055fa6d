/** An import from beginning to end: reading, loading, and saying what came of it. */
import type { Bucket, Context } from '../context.js';
import { asKvError, type ExitCode, exitCodes, KvError } from '../errors.js';
import { FormatError } from '../formats/format.js';
import { loadFormat } from '../formats/index.js';
import { chunksUnlessAborted } from '../terminal/pump.js';
import type { FileOutput } from '../terminal/terminal.js';
import type { ImportOptions } from './import-options.js';
import { reportImport } from './import-report.js';
import { ImportSink, Rejection } from './import-sink.js';

/** Within a transaction nothing is undone by itself, also with --atomic. */
const PART_STAYS = 'what came before it is a part of the transaction';

/** What was read and loaded, when all of it was. */
interface Loaded {
  readonly sink: ImportSink;
  /** Bytes of the input. */
  readonly bytes: number;
}

/** Runs an import; throws `rejected` for the record that ended it, or returns the exit status. */
export async function importRecords(context: Context, options: ImportOptions): Promise<ExitCode> {
  const rejects =
    options.rejectsFile === undefined
      ? undefined
      : await context.terminal.openOutput(options.rejectsFile);
  try {
    const { sink, bytes } = await context.interruptible((signal) =>
      inTarget(context, options, rejects, signal),
    );
    await reportImport(context, options, sink, bytes);
    return sink.rejected > 0 ? exitCodes.badData : exitCodes.done;
  } finally {
    // Also of an import that failed: that is when they are wanted.
    await rejects?.commit();
  }
}

/** Loads into the bucket itself, or for `replace` into one that then takes its place. */
async function inTarget(
  context: Context,
  options: ImportOptions,
  rejects: FileOutput | undefined,
  signal: AbortSignal,
): Promise<Loaded> {
  const { buckets, transactions } = context.keyvalue;
  const { mode, dryRun, atomic } = options;
  // Of a script or a session that is one transaction.
  const isPart = transactions.isOpen;
  if (dryRun) return load(context, context.bucketToRead(), options, rejects, signal, isPart);
  // Waited for here, so that a signal is heard.
  if (!context.settings.readOnly) await context.keyvalue.transactions.writersDone(signal);
  const bucket = context.bucketToWrite();
  if (mode === 'replace') {
    const draft = buckets.createDraft(
      'import with --mode replace',
      'try: kv bucket clear, and then kv import',
    );
    try {
      const loaded = await load(context, draft.bucket, options, rejects, signal, false);
      draft.publish(bucket.name);
      return loaded;
    } finally {
      draft.discard();
    }
  }
  if (!atomic) return load(context, bucket, options, rejects, signal, isPart);
  transactions.require('import with --atomic', 'without it, --skip goes on after an error');
  return transactions.group(async () => {
    const loaded = await load(context, bucket, options, rejects, signal, isPart);
    const { read, rejected } = loaded.sink;
    if (rejected === 0) return loaded;
    const state = `${rejected} of its ${read} records were rejected`;
    throw new KvError('rejected', `cannot import "${options.name}": ${state}`, {
      hint: isPart ? PART_STAYS : 'nothing was changed',
    });
  });
}

async function load(
  context: Context,
  bucket: Bucket,
  options: ImportOptions,
  rejects: FileOutput | undefined,
  signal: AbortSignal,
  isPart: boolean,
): Promise<Loaded> {
  const { input, format, dryRun, atomic, mode } = options;
  const sink = new ImportSink(context, bucket, options);
  const decoder = (await loadFormat(format)).decoder(sink);
  const progress = await context.terminal.progress(input.size);
  let bytes = 0;
  try {
    for await (const piece of chunksUnlessAborted(input, signal)) {
      bytes += piece.length;
      if (!dryRun) await context.keyvalue.transactions.writersDone(signal);
      decoder.push(piece);
      await sink.drain();
      await sink.writeRejections(rejects);
      progress.update(bytes, `through line ${sink.load.committedThrough}`);
    }
    decoder.end();
    await sink.finish();
    await sink.writeRejections(rejects);
  } catch (thrown) {
    const cause = await sink.settle(thrown);
    await sink.writeRejections(rejects);
    progress.stop();
    const staysNothing = dryRun || atomic || mode === 'replace' || isPart;
    throw await ended(context, cause, options, staysNothing ? undefined : sink, isPart);
  } finally {
    progress.stop();
  }
  return { sink, bytes };
}

/** The error that ends an import, with how to go on. */
async function ended(
  context: Context,
  thrown: unknown,
  { name, dryRun }: ImportOptions,
  stays: ImportSink | undefined,
  isPart: boolean,
): Promise<KvError> {
  const through = stays?.load.committedThrough ?? 0;
  const hint = stays
    ? `committed through line ${through}; resume with --skip ${through}`
    : isPart
      ? PART_STAYS
      : dryRun
        ? 'nothing was to be changed'
        : 'nothing was changed';
  if (thrown instanceof Rejection || thrown instanceof FormatError) {
    return new KvError('rejected', `${name}:${thrown.line}: ${thrown.message}`, { hint });
  }
  const error = asKvError(thrown);
  if (error.code === 'interrupted') {
    // It ends the process by its signal, without a message of its own.
    await context.terminal.stderr.write(`${hint}\n`);
    return error;
  }
  return new KvError(error.code, error.message, { hint, cause: error.cause ?? error });
}

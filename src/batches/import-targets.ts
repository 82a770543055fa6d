/**
 * The buckets that an import writes to: the named ones, or for `replace` drafts that replace them.
 */
import type { Bucket, Context, Draft, LoadTarget } from '../context.js';
import { asKvError, KvError } from '../errors.js';
import type { ImportOptions } from './import-options.js';

/** How long a stopped import may take to clean up, in ms. */
const STOPPED_MS = 200;

export class ImportTargets {
  readonly #context: Context;
  readonly #options: ImportOptions;
  readonly #drafts = new Map<string, Draft>();

  constructor(context: Context, options: ImportOptions) {
    this.#context = context;
    this.#options = options;
  }

  /**
   * The bucket of that name, or the current one. Throws `no-bucket`, `invalid-bucket`, `read-only`.
   */
  get(name = this.#context.settings.bucket): LoadTarget {
    const { settings, keyvalue } = this.#context;
    const { buckets } = keyvalue;
    const { dryRun, create, mode } = this.#options;
    const isMissing = create && !buckets.exists(name);
    if (dryRun) {
      const toRead = () => this.#context.bucketToRead(name);
      return { name, bucket: isMissing ? undefined : hinted(toRead) };
    }
    const toWrite = () => hinted(() => this.#context.bucketToWrite(name));
    if (mode === 'replace') {
      if (!isMissing || settings.readOnly) toWrite();
      const draft =
        this.#drafts.get(name) ??
        buckets.createDraft(
          'import with --mode replace',
          'try: kv bucket clear, and then kv import',
        );
      this.#drafts.set(name, draft);
      return { name, bucket: draft.bucket };
    }
    if (isMissing && !settings.readOnly) buckets.openOrCreate(name);
    return { name, bucket: toWrite() };
  }

  /** Puts the drafts in place of their buckets, all at once. */
  async publish(signal: AbortSignal): Promise<void> {
    const { transactions } = this.#context.keyvalue;
    const publishAll = async () => {
      for (const [name, draft] of this.#drafts) await draft.publish(name, { signal });
    };
    await (this.#drafts.size > 1 ? transactions.hold(publishAll) : publishAll());
  }

  /**
   * Discards drafts that have not been published. After a signal it waits for that only briefly:
   * the rest goes when the process ends.
   */
  async discard(isStopped: boolean): Promise<void> {
    const signal = isStopped ? AbortSignal.timeout(STOPPED_MS) : undefined;
    try {
      for (const draft of this.#drafts.values()) await draft.discard(signal && { signal });
    } catch {
      // Something else has failed before. The next process to open the store discards what is left.
    }
  }
}

/** Opens a bucket; if there is none, the error names the option that makes it. */
function hinted(open: () => Bucket): Bucket {
  try {
    return open();
  } catch (thrown) {
    const { code, message } = asKvError(thrown);
    if (code !== 'no-bucket') throw thrown;
    throw new KvError(code, message, { hint: '--create makes it', cause: thrown });
  }
}

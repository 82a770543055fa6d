/** The buckets that an import writes to: themselves, or for `replace` drafts that take their places. */
import type { Bucket, Context, Draft, LoadTarget } from '../context.js';
import { asKvError, KvError } from '../errors.js';
import type { ImportOptions } from './import-options.js';

/** How long an import that was stopped may take to clean up, in ms. */
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

  /** Puts the drafts into their places, all at once. */
  async publish(signal: AbortSignal): Promise<void> {
    const { transactions } = this.#context.keyvalue;
    const publishAll = async () => {
      for (const [name, draft] of this.#drafts) await draft.publish(name, { signal });
    };
    await (this.#drafts.size > 1 ? transactions.hold(publishAll) : publishAll());
  }

  /**
   * Lets go of drafts that have not been published. Where the import was stopped, nobody waits long for
   * that: what is left goes with the process.
   */
  async discard(isStopped: boolean): Promise<void> {
    const signal = isStopped ? AbortSignal.timeout(STOPPED_MS) : undefined;
    try {
      for (const draft of this.#drafts.values()) await draft.discard(signal && { signal });
    } catch {
      // Something else has failed before. Whoever opens the store next discards what is left.
    }
  }
}

/** Opens a bucket; where there is none, the error names the option that makes it. */
function hinted(open: () => Bucket): Bucket {
  try {
    return open();
  } catch (thrown) {
    const { code, message } = asKvError(thrown);
    if (code !== 'no-bucket') throw thrown;
    throw new KvError(code, message, { hint: '--create makes it', cause: thrown });
  }
}

/** The buckets that an import writes to: themselves, or for `replace` drafts that take their places. */
import type { Context, Draft, LoadTarget } from '../context.js';
import type { ImportOptions } from './import-options.js';

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
      return { name, bucket: isMissing ? undefined : this.#context.bucketToRead(name) };
    }
    if (mode === 'replace') {
      if (!isMissing || settings.readOnly) this.#context.bucketToWrite(name);
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
    return { name, bucket: this.#context.bucketToWrite(name) };
  }

  /** Puts the drafts into their places, all at once. */
  async publish(signal: AbortSignal): Promise<void> {
    const { transactions } = this.#context.keyvalue;
    const publishAll = async () => {
      for (const [name, draft] of this.#drafts) await draft.publish(name, { signal });
    };
    await (this.#drafts.size > 1 ? transactions.hold(publishAll) : publishAll());
  }

  /** Lets go of drafts that have not been published. */
  async discard(): Promise<void> {
    for (const draft of this.#drafts.values()) await draft.discard();
  }
}

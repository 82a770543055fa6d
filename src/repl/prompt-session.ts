/** The state at the prompt that lasts from line to line. */
import type { Context, Settings } from '../context.js';
import { KvError } from '../errors.js';
import { beforeStops } from '../terminal/suspension.js';
import { HeldTransaction } from './held-transaction.js';
import type { History } from './history.js';

export class PromptSession {
  /** The settings of the next line; `use` changes them. */
  settings: Settings;
  /** Whether the prompt prints how long each verb takes. */
  isTiming = false;
  /** Whether `exit` was typed. */
  isOver = false;
  readonly history: History;
  readonly #keyvalue: Context['keyvalue'];
  readonly #remarkAtStop: () => Promise<void>;
  #transaction: HeldTransaction | undefined;
  #endRemarks = () => {};

  /** `remarkAtStop` says that a transaction is open, before the process is stopped in one. */
  constructor(context: Context, history: History, remarkAtStop: () => Promise<void>) {
    this.settings = context.settings;
    this.history = history;
    this.#keyvalue = context.keyvalue;
    this.#remarkAtStop = remarkAtStop;
  }

  get inTransaction(): boolean {
    return this.#transaction !== undefined;
  }

  /** Throws `usage` within a transaction, `read-only`. */
  async begin(): Promise<void> {
    if (this.#transaction) {
      throw new KvError('usage', 'cannot begin a transaction: there is one already', {
        hint: 'try: commit, or rollback',
      });
    }
    if (this.settings.readOnly) {
      throw new KvError('read-only', 'cannot begin a transaction: --read-only was given');
    }
    this.#transaction = await HeldTransaction.begin(this.#keyvalue);
    this.#endRemarks = beforeStops(this.#remarkAtStop);
  }

  /** Throws `usage` outside of a transaction, and errors of committing. */
  async commit(): Promise<void> {
    await this.#end('commit').commit();
  }

  /** Throws `usage` outside of a transaction. */
  async rollBack(): Promise<void> {
    await this.#end('roll back').rollBack();
  }

  #end(action: string): HeldTransaction {
    const transaction = this.#transaction;
    if (transaction === undefined) {
      throw new KvError('usage', `cannot ${action}: no transaction has begun`, {
        hint: 'try: begin',
      });
    }
    this.#transaction = undefined;
    this.#endRemarks();
    return transaction;
  }
}

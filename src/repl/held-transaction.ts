/** The transaction between `begin` and `commit`, which stays open while other verbs run in it. */
import type { Context } from '../context.js';
import { KvError } from '../errors.js';

export class HeldTransaction {
  /** Settles with the transaction. */
  readonly #done: Promise<void>;
  readonly #commit: () => void;
  readonly #rollBack: (reason: unknown) => void;

  private constructor(
    done: Promise<void>,
    commit: () => void,
    rollBack: (reason: unknown) => void,
  ) {
    this.#done = done;
    this.#commit = commit;
    this.#rollBack = rollBack;
  }

  /**
   * Begins one, after waiting for other writers. Throws `not-supported`, `read-only`, `io`, `full`.
   */
  static async begin({ transactions }: Context['keyvalue']): Promise<HeldTransaction> {
    transactions.require('begin a transaction', 'without one, each verb stands by itself');
    let commit = () => {};
    let rollBack: (reason: unknown) => void = () => {};
    const ending = new Promise<void>((resolve, reject) => {
      commit = resolve;
      rollBack = reject;
    });
    let done: Promise<void> = Promise.resolve();
    await new Promise<void>((resolve, reject) => {
      done = transactions.hold(() => {
        resolve();
        return ending;
      });
      done.catch(reject);
    });
    return new HeldTransaction(done, commit, rollBack);
  }

  /** Commits what was written in it. Throws `full`, `io`; then nothing of it stays. */
  async commit(): Promise<void> {
    this.#commit();
    await this.#done;
  }

  /** Undoes what was written in it. */
  async rollBack(): Promise<void> {
    const reason = new KvError('interrupted', 'rolled back');
    this.#rollBack(reason);
    await this.#done.catch((thrown: unknown) => {
      if (thrown !== reason) throw thrown;
    });
  }
}

/** A store that a session works on before it is there, and after. */
import type { Store } from '../store/store.js';

export class LateStore {
  /** Stands for whichever store there is now: buckets and uploads are to be asked for anew. */
  readonly store: Store;
  #current: Store;
  #isMade = false;

  /** `empty` is what is read until the store is made. */
  constructor(empty: Store) {
    this.#current = empty;
    this.store = new Proxy(empty, {
      get: (_, name) => {
        const member: unknown = Reflect.get(this.#current, name);
        return typeof member === 'function' ? member.bind(this.#current) : member;
      },
    });
  }

  /** The store that was made; undefined until then. */
  get made(): Store | undefined {
    return this.#isMade ? this.#current : undefined;
  }

  become(made: Store): void {
    this.#current = made;
    this.#isMade = true;
  }
}

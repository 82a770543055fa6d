/** Counts pieces of work that are under way, synchronous or not. */
export class WorkUnderWay {
  #count = 0;

  get isAny(): boolean {
    return this.#count > 0;
  }

  run<T>(work: () => T): T {
    this.#count++;
    let isOver = true;
    try {
      const result = work();
      if (!(result instanceof Promise)) return result;
      isOver = false;
      return result.finally(() => this.#count--) as T;
    } finally {
      if (isOver) this.#count--;
    }
  }
}

/**
 * Whether a history of operations on one key could have come from a single copy of it, each operation
 * made in one step between its call and its return: linearizability (Herlihy and Wing, 1990), decided
 * as by Lowe's "Testing for linearizability" (2017), whose steps are taken no earlier than they must.
 */

/** What a key holds; undefined where there is no such key. */
export type State = string | undefined;

export interface Operation {
  /** For the failure of a test. */
  readonly text: string;
  /** Times of one clock, none there twice. */
  readonly called: bigint;
  readonly returned: bigint;
  /** The state after it, or `impossible` where its answer cannot come from the state before. */
  step(before: State): State | typeof impossible;
}

export const impossible = Symbol('impossible');

/** What may have happened so far: the state, and which of the operations under way have been made. */
interface Possibility {
  readonly state: State;
  readonly made: ReadonlySet<Operation>;
}

/** The operation whose answer nothing explains, and what the key may have held; undefined: none. */
export function contradiction(
  history: readonly Operation[],
  start: State,
): { operation: Operation; states: State[] } | undefined {
  const moments = history.flatMap((operation) => [
    { at: operation.called, operation, isCall: true },
    { at: operation.returned, operation, isCall: false },
  ]);
  moments.sort((a, b) => (a.at < b.at ? -1 : 1));
  const underWay = new Set<Operation>();
  let possible: Possibility[] = [{ state: start, made: new Set() }];
  for (const { operation, isCall } of moments) {
    if (isCall) {
      underWay.add(operation);
      continue;
    }
    const reached = allReached(possible, underWay);
    underWay.delete(operation);
    const left = reached.filter(({ made }) => made.has(operation));
    if (left.length === 0) return { operation, states: [...new Set(reached.map((p) => p.state))] };
    possible = left.map(({ state, made }) => {
      const others = new Set(made);
      others.delete(operation);
      return { state, made: others };
    });
  }
  return undefined;
}

/** The possibilities, with all that operations under way may make of them, each once. */
function allReached(possible: readonly Possibility[], underWay: Iterable<Operation>) {
  const numbers = new Map([...underWay].map((operation, i) => [operation, i]));
  const reached = new Map<string, Possibility>();
  const waiting = [...possible];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { state, made } = next;
    const name = `${[...made].map((operation) => numbers.get(operation)!).sort()} ${state}`;
    if (reached.has(name)) continue;
    reached.set(name, next);
    for (const operation of numbers.keys()) {
      if (made.has(operation)) continue;
      const after = operation.step(state);
      if (after !== impossible) waiting.push({ state: after, made: new Set(made).add(operation) });
    }
  }
  return [...reached.values()];
}

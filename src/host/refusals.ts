/** The imports of a component that are not offered, which are reported together. */
import { KvError } from '../errors.js';
import { otherVersions } from './offers.js';

/** An import that is not offered, or not with its type. */
export interface Refusal {
  /** The interface by its name in the component, with the name of the member if it is one. */
  readonly name: string;
  /** The two types, if it is offered with another type. */
  readonly types?: { readonly imported: string; readonly offered: string };
}

/** The longest name in a message, in characters; a longer one is cut. */
const NAME_LIMIT = 500;

/** Imports in one message, at most. */
const NAMED = 20;

export class Refusals {
  readonly #refusals = new Map<string, Refusal>();

  add(refusal: Refusal): void {
    if (!this.#refusals.has(refusal.name)) this.#refusals.set(refusal.name, refusal);
  }

  get names(): ReadonlySet<string> {
    return new Set(this.#refusals.keys());
  }

  /** Throws `not-offered`, which names every import, if there are any. */
  check(action: string): void {
    const all = [...this.#refusals.values()];
    if (all.length === 0) return;
    const named = all.slice(0, NAMED);
    const unknown = named.filter(({ types }) => types === undefined).map(({ name }) => name);
    const rest = all.length > NAMED ? [`${all.length - NAMED} more, which --explain lists`] : [];
    const reasons = [
      ...(unknown.length === 0 ? [] : [`it imports ${listed(unknown)}, which kv does not offer`]),
      ...unknown.flatMap((name) => {
        const versions = otherVersions(name);
        return versions === undefined ? [] : `of ${withoutVersion(name)} it offers ${versions}`;
      }),
      ...named.flatMap(({ name, types }) =>
        types === undefined
          ? []
          : `it imports ${shown(name)} as ${types.imported}, and kv offers ${types.offered}`,
      ),
      ...rest,
    ];
    throw new KvError('not-offered', `cannot ${action}: ${reasons.join('; ')}`);
  }
}

/** `a, b and c`. */
export function listed(names: readonly string[]): string {
  const all = names.map(shown);
  const last = all.pop()!;
  return all.length === 0 ? last : `${all.join(', ')} and ${last}`;
}

function withoutVersion(name: string): string {
  return shown(name.replace(/@.*$/s, ''));
}

/** A name for a message. */
function shown(name: string): string {
  return name.length > NAME_LIMIT ? `${name.slice(0, NAME_LIMIT)}…` : name;
}

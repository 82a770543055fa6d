/** Conditions on a record, which a store checks in the same step as the write. */
import type { StoredValue, Version } from './record.js';

/** What must hold for a key before a write to it. */
export type Condition =
  | { readonly kind: 'absent' }
  | { readonly kind: 'present' }
  | { readonly kind: 'version'; readonly version: Version }
  | { readonly kind: 'value'; readonly value: Uint8Array };

/** A write that was not made because its condition does not hold. */
export class Unmet {
  /** The reason, as the end of a sentence: `the key is there already`. */
  readonly state: string;

  constructor(state: string) {
    this.state = state;
  }
}

/** Undefined if the condition holds for a record, or for a missing one. Throws `damaged`, `io`. */
export function unmet(condition: Condition, current: StoredValue | undefined): Unmet | undefined {
  const state = violation(condition, current);
  return state === undefined ? undefined : new Unmet(state);
}

function violation(condition: Condition, current: StoredValue | undefined): string | undefined {
  switch (condition.kind) {
    case 'absent':
      return current && 'the key is there already';
    case 'present':
      return current ? undefined : 'there is no such key';
    case 'version':
      if (current === undefined) return 'there is no such key';
      return current.version === condition.version
        ? undefined
        : `its version is ${current.version}, not ${condition.version}`;
    case 'value':
      if (current === undefined) return 'there is no such key';
      return holds(current, condition.value) ? undefined : 'its value is another';
    default:
      return condition satisfies never;
  }
}

function holds(stored: StoredValue, value: Uint8Array): boolean {
  if (stored.size !== value.length) return false;
  for (let position = 0; position < value.length; ) {
    const piece = stored.read(position, value.length - position);
    if (Buffer.compare(piece, value.subarray(position, position + piece.length)) !== 0)
      return false;
    position += piece.length;
  }
  return true;
}

/** Conditions on a record, which a store looks at in the same step as the write they are for. */
import type { Metadata, Version } from './record.js';

/** What must hold of a key for a write to it. */
export type Condition =
  | { readonly kind: 'absent' }
  | { readonly kind: 'present' }
  | { readonly kind: 'version'; readonly version: Version };

/** A write that was not made, since its condition does not hold. */
export class Unmet {
  /** Why, as the end of a sentence: `the key is there already`. */
  readonly state: string;

  constructor(state: string) {
    this.state = state;
  }
}

/** Undefined where the condition holds of a record, or of there being none. */
export function unmet(condition: Condition, current: Metadata | undefined): Unmet | undefined {
  const state = violation(condition, current);
  return state === undefined ? undefined : new Unmet(state);
}

function violation(condition: Condition, current: Metadata | undefined): string | undefined {
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
    default:
      return condition satisfies never;
  }
}

/** How a guest makes, drops and represents resources. */

import { Trap } from '../errors.js';
import type { Instance } from './canon-context.js';
import type { Ending } from './ending.js';
import type { CoreFunc } from './functions.js';
import type { Handles, Resource } from './resource.js';

/** `canon resource.new`, `resource.drop` and `resource.rep`, as core functions. */
export function resourceFunc(
  kind: 'resource.new' | 'resource.drop' | 'resource.rep',
  resource: Resource,
  { instance, ending }: { readonly instance: Instance; readonly ending: Ending },
): CoreFunc {
  const { handles } = instance;
  const work = (value: number): unknown => {
    switch (kind) {
      case 'resource.new':
        return handles.add(resource, value);
      case 'resource.rep':
        return handles.get(value >>> 0, resource).one;
      case 'resource.drop':
        return drop(handles, value >>> 0, resource);
      default:
        return kind satisfies never;
    }
  };
  const call = (value: unknown): unknown => {
    ending.check();
    try {
      if (!instance.mayLeave) throw new Trap('it called out where it may not');
      return work(value as number);
    } catch (thrown) {
      throw ending.by(thrown);
    }
  };
  return { call, signature: kind === 'resource.drop' ? 'i32 -> ' : 'i32 -> i32' };
}

function drop(handles: Handles, number: number, resource: Resource): void {
  resource.begin?.();
  const { one, borrowedFor } = handles.remove(number, resource);
  if (borrowedFor === undefined) resource.destroy(one);
}

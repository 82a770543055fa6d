/**
 * What the indices of a component mean: items of each sort, in the order in which they were
 * defined.
 */
import type { CoreModule } from './core-module.js';
import type { CoreFunc, Func } from './functions.js';
import type { GuestMemory } from './guest-memory.js';
import { Invalid } from './invalid.js';
import type { Resource } from './resource.js';
import type { ComponentSyntax, Declaration, Sort } from './syntax.js';
import type { FuncType, ValueType } from './types.js';

/** The meaning of a type's index. */
export type TypeItem =
  | { readonly kind: 'value'; readonly type: ValueType }
  | { readonly kind: 'func'; readonly type: FuncType }
  | { readonly kind: 'resource'; readonly resource: Resource }
  /** `where` is the space that its indices belong to. */
  | {
      readonly kind: 'instance' | 'component';
      readonly declarations: readonly Declaration[];
      readonly where: Spaces;
    };

export type Exports = ReadonlyMap<string, Item>;

export type Item =
  | { readonly sort: 'func'; readonly func: Func }
  | { readonly sort: 'type'; readonly type: TypeItem }
  | { readonly sort: 'component'; readonly component: ComponentSyntax; readonly where: Spaces }
  | { readonly sort: 'instance'; readonly exports: Exports }
  | { readonly sort: 'module'; readonly module: CoreModule }
  | { readonly sort: 'core func'; readonly func: CoreFunc }
  | { readonly sort: 'core memory'; readonly value: object; readonly memory: GuestMemory }
  | { readonly sort: 'core table' | 'core global' | 'core tag'; readonly value: object }
  | { readonly sort: 'core instance'; readonly exports: Exports };

type OfSort<S extends Sort> = Extract<Item, { sort: S }>;

export class Spaces {
  readonly #outer: Spaces | undefined;
  readonly #items = new Map<Sort, Item[]>();

  constructor(outer?: Spaces) {
    this.#outer = outer;
  }

  add(item: Item): void {
    const items = this.#items.get(item.sort);
    if (items === undefined) this.#items.set(item.sort, [item]);
    else items.push(item);
  }

  /** Throws `Invalid` if there is none. */
  get<S extends Sort>(sort: S, index: number): OfSort<S> {
    const item = this.#items.get(sort)?.[index];
    if (item === undefined) throw new Invalid(`there is no ${sort} ${index}`);
    return item as OfSort<S>;
  }

  /** The spaces of the component `depth` levels outwards; 0: these. */
  around(depth: number): Spaces {
    let spaces: Spaces = this;
    for (let left = depth; left > 0; left--) {
      spaces = spaces.#outer ?? missing('nothing lies around it');
    }
    return spaces;
  }
}

/** The item of that name and sort. Throws `Invalid` if there is none. */
export function exported<S extends Sort>(exports: Exports, sort: S, name: string): OfSort<S> {
  const item = exports.get(name);
  if (item === undefined) return missing(`there is no ${sort} "${name}"`);
  if (item.sort === sort) return item as OfSort<S>;
  return missing(`"${name}" is no ${sort}, but a ${item.sort}`);
}

function missing(text: string): never {
  throw new Invalid(text);
}

/** Resolves an alias. */
import { exported, type Item, type Spaces } from './items.js';
import type { Alias } from './syntax.js';

/** The item that the alias names. Throws `Invalid` if there is none. */
export function follow(alias: Alias, spaces: Spaces): Item {
  switch (alias.of) {
    case 'export':
      return exported(spaces.get('instance', alias.instance).exports, alias.sort, alias.name);
    case 'core export': {
      const { exports } = spaces.get('core instance', alias.instance);
      return exported(exports, alias.sort, alias.name);
    }
    case 'outer':
      return spaces.around(alias.depth).get(alias.sort, alias.index);
    default:
      return alias satisfies never;
  }
}

/**
 * What a component will make, computed before anything of it runs, and how far each part may grow.
 */

import { Trap } from '../errors.js';
import type { Maxima } from './core-bounds.js';
import type { CoreModule } from './core-module.js';
import { Ending } from './ending.js';
import { GuestMemory } from './guest-memory.js';
import type { Exports, Item } from './items.js';
import { link } from './link.js';
import {
  CODE_LIMIT_BYTES,
  DECLARATION_LIMIT_BYTES,
  EXPORT_LIMIT,
  INSTANCE_LIMIT,
  MACHINE_CODE_LIMIT_BYTES,
  outOfMemory,
  Room,
  SIGNATURE_LIMIT,
  TABLE_LIMIT_ENTRIES,
} from './room.js';
import type { ComponentSyntax } from './syntax.js';
import type { World } from './world.js';

/** Bytes of a page of memory, and the most pages that 32 bits can address. */
const PAGE_BYTES = 65_536;
const PAGE_LIMIT = 65_536;

/** The modules that will be instantiated, in order; one for each of its instances. */
export interface Plan {
  readonly modules: readonly CoreModule[];
  /** What the component exports. */
  readonly exports: Exports;
}

/** Throws `Invalid`, and what the world throws. */
export function planOf(component: ComponentSyntax, world: World): Plan {
  const modules: CoreModule[] = [];
  const exports = link(component, {
    world,
    room: new Room(Number.POSITIVE_INFINITY),
    ending: new Ending(),
    instances: [],
    instantiate(module) {
      modules.push(module);
      if (modules.length > INSTANCE_LIMIT) {
        throw new Trap(`it makes more than ${INSTANCE_LIMIT} instances of modules`);
      }
      return new Map([...module.exports].map(([name, one]) => [name, standIn(one)]));
    },
  });
  return { modules, exports };
}

/**
 * How far the memories and tables of each module of the plan may grow, so that all of them stay
 * within `bytes`. Throws a `Trap` if they begin with more.
 */
export function maximaOf({ modules }: Plan, bytes: number): Maxima[] {
  const all = modules.flatMap((module) => module.memories);
  const pages = shares(all, Math.floor(bytes / PAGE_BYTES), PAGE_LIMIT);
  const tables = modules.flatMap((module) => module.tables);
  const entries = shares(tables, TABLE_LIMIT_ENTRIES, TABLE_LIMIT_ENTRIES);
  if (pages === undefined) throw outOfMemory();
  if (entries === undefined) {
    throw new Trap(`its tables have more than ${TABLE_LIMIT_ENTRIES} entries`);
  }
  checkDeclarations(modules);
  return modules.map((module) => ({
    memories: pages.splice(0, module.memories.length),
    tables: entries.splice(0, module.tables.length),
  }));
}

/**
 * Divides an amount among parts that have an initial and a maximal size: evenly, and what one
 * cannot use goes to the others. Undefined if they begin with more.
 */
function shares(
  parts: readonly { readonly initial: number; readonly maximum: number | undefined }[],
  amount: number,
  limit: number,
): number[] | undefined {
  let left = amount - parts.reduce((sum, { initial }) => sum + initial, 0);
  if (left < 0) return undefined;
  const growth = ({ initial, maximum = limit }: (typeof parts)[number]) =>
    Math.max(0, Math.min(maximum, limit) - initial);
  const maxima = parts.map(({ initial }) => initial);
  const order = parts
    .map((_, index) => index)
    .sort((a, b) => growth(parts[a]!) - growth(parts[b]!));
  order.forEach((index, position) => {
    const share = Math.min(growth(parts[index]!), Math.floor(left / (order.length - position)));
    maxima[index]! += share;
    left -= share;
  });
  return maxima;
}

function checkDeclarations(modules: readonly CoreModule[]): void {
  let bytes = 0;
  let exports = 0;
  let code = 0;
  let machine = 0;
  const signatures = new Set<string>();
  for (const module of modules) {
    bytes += module.declarationBytes;
    exports += module.exports.size;
    code += module.codeBytes;
    machine += module.machineBytes;
    for (const { signature } of [...module.exports.values(), ...module.imports]) {
      if (signature !== undefined) signatures.add(signature);
    }
  }
  if (bytes > DECLARATION_LIMIT_BYTES) {
    throw new Trap(`its instances declare more than ${DECLARATION_LIMIT_BYTES} bytes`);
  }
  if (exports > EXPORT_LIMIT)
    throw new Trap(`its instances have more than ${EXPORT_LIMIT} exports`);
  if (code > CODE_LIMIT_BYTES)
    throw new Trap(`its instances have more than ${CODE_LIMIT_BYTES} bytes of code`);
  if (machine > MACHINE_CODE_LIMIT_BYTES) {
    throw new Trap(
      `its code can become more than ${MACHINE_CODE_LIMIT_BYTES} bytes of machine code`,
    );
  }
  if (signatures.size > SIGNATURE_LIMIT) {
    throw new Trap(`its modules import and export functions of more than ${SIGNATURE_LIMIT} types`);
  }
}

const noMemory = new GuestMemory({ buffer: new ArrayBuffer(0) }, new Room(0));

/** A stand-in for an export, for the walk that only counts. */
function standIn({ sort, signature }: { sort: string; signature?: string }): Item {
  if (sort === 'func') {
    return { sort: 'core func', func: { call: () => undefined, signature: signature! } };
  }
  if (sort === 'memory') return { sort: 'core memory', value: {}, memory: noMemory };
  return { sort: `core ${sort as 'table' | 'global' | 'tag'}`, value: {} };
}

/** A running component: its modules compiled, instantiated and linked. */
import type { Instance } from './canon-context.js';
import { compile } from './compile.js';
import { hiddenName, withMaxima } from './core-bounds.js';
import type { CoreModule } from './core-module.js';
import { Ending } from './ending.js';
import { type CoreMemory, GuestMemory } from './guest-memory.js';
import { Invalid } from './invalid.js';
import type { Exports, Item } from './items.js';
import { link } from './link.js';
import { maximaOf, type Plan } from './plan.js';
import { outOfMemory, type Room, TABLE_ENTRY_BYTES } from './room.js';
import type { ComponentSyntax } from './syntax.js';
import { reasonOf, WebAssembly } from './web-assembly.js';
import type { World } from './world.js';

export class Program {
  readonly #component: ComponentSyntax;
  readonly #room: Room;
  readonly #ending: Ending;
  readonly #instances: Instance[] = [];
  /** Compiled modules, in the order of instantiation. */
  readonly #modules: object[];
  readonly #memories = new WeakMap<object, GuestMemory>();

  /**
   * Compiles the modules of the plan. `room` bounds what the guest may have. Throws `Invalid`, and
   * a `Trap` if the guest would begin with more.
   */
  constructor(component: ComponentSyntax, plan: Plan, room: Room, ending = new Ending()) {
    this.#ending = ending;
    this.#component = component;
    this.#room = room;
    const maxima = maximaOf(plan, room.limit);
    const compiled = new Map<CoreModule, Map<string, object>>();
    this.#modules = plan.modules.map((module, index) => {
      const key = JSON.stringify(maxima[index]);
      const variants = compiled.get(module) ?? new Map<string, object>();
      compiled.set(module, variants);
      const found = variants.get(key) ?? compile(withMaxima(module, maxima[index]!));
      variants.set(key, found);
      return found;
    });
  }

  /** Starts it, once. Throws traps of its start functions. */
  start(world: World): Exports {
    const modules = [...this.#modules];
    return link(this.#component, {
      world,
      room: this.#room,
      ending: this.#ending,
      instances: this.#instances,
      instantiate: (module, imports) => this.#instantiate(modules.shift()!, module, imports),
    });
  }

  /** Throws the error that ended the run, even if the guest has caught it. */
  check(): void {
    this.#ending.check();
  }

  /** Releases what the host holds for it. */
  close(): void {
    for (const { handles } of this.#instances) handles.close();
  }

  #instantiate(
    compiled: object,
    module: CoreModule,
    imports: ReadonlyMap<string, Exports>,
  ): Exports {
    const given: Record<string, Record<string, unknown>> = Object.create(null);
    for (const { module: from, name } of module.imports) {
      given[from] ??= Object.create(null) as Record<string, unknown>;
      given[from][name] = valueOf(imports.get(from)!.get(name)!);
    }
    const entries = module.tables.reduce((sum, { initial }) => sum + initial, 0);
    this.#room.hold(entries * TABLE_ENTRY_BYTES);
    const { exports } = this.#newInstance(compiled, given);
    const items = [...module.exports].map(([name, { sort, signature }]): [string, Item] => {
      const value = exports[name] as object;
      if (sort === 'func') {
        const call = value as (...values: unknown[]) => unknown;
        return [name, { sort: 'core func', func: { call, signature: signature! } }];
      }
      if (sort === 'memory') {
        return [name, { sort: 'core memory', value, memory: this.#memoryOf(value) }];
      }
      return [name, { sort: `core ${sort}`, value }];
    });
    for (const index of module.hiddenMemories) {
      this.#memoryOf(exports[hiddenName(module, index)] as object);
    }
    this.#room.check();
    return new Map(items);
  }

  #newInstance(compiled: object, imports: object) {
    try {
      return new WebAssembly.Instance(compiled, imports);
    } catch (thrown) {
      this.#ending.check();
      if (thrown instanceof WebAssembly.LinkError) throw new Invalid(reasonOf(thrown));
      const isMemory = thrown instanceof RangeError && /memory/i.test(thrown.message);
      throw isMemory ? outOfMemory() : thrown;
    }
  }

  #memoryOf(value: object): GuestMemory {
    const known = this.#memories.get(value);
    if (known !== undefined) return known;
    const memory = new GuestMemory(value as CoreMemory, this.#room);
    this.#memories.set(value, memory);
    this.#room.memories.push(memory);
    return memory;
  }
}

function valueOf(item: Item): unknown {
  switch (item.sort) {
    case 'core func':
      return item.func.call;
    case 'core memory':
    case 'core table':
    case 'core global':
    case 'core tag':
      return item.value;
    default:
      throw new Invalid(`a module cannot import a ${item.sort}`);
  }
}

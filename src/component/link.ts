/**
 * Links a component: follows its definitions in order, and instantiates its core modules with their
 * imports. Nothing in this depends on what a guest computes, so the same walk, which then only
 * counts modules, tells in advance what will exist and whether it fits.
 */
import { follow } from './alias.js';
import type { CanonContext, CoreFunction, Instance } from './canon-context.js';
import type { CoreModule } from './core-module.js';
import type { Signature } from './core-types.js';
import type { Ending } from './ending.js';
import {
  type CoreFunc,
  type Func,
  liftedSignature,
  liftFunc,
  lowerFunc,
  postReturnSignature,
} from './functions.js';
import { Invalid } from './invalid.js';
import { type Exports, exported, type Item, Spaces } from './items.js';
import { funcTypeAt, resolve, resourceAt } from './resolve-types.js';
import { Handles, type Resource } from './resource.js';
import { resourceFunc } from './resource-functions.js';
import type { Room } from './room.js';
import { Steps } from './steps.js';
import type { CanonOptions, ComponentSyntax, Definition, ExternDesc, Reference } from './syntax.js';
import { exportsOfWorld, refusedItem, type World } from './world.js';

/** What a run of a component consists of. */
export interface Run {
  readonly world: World;
  readonly room: Room;
  readonly ending: Ending;
  /** Every instance of a component; each has its own handles. */
  readonly instances: Instance[];
  /** Instantiates a module with its imports, by their module names. */
  instantiate(module: CoreModule, imports: ReadonlyMap<string, Exports>): Exports;
}

/** How deep components may instantiate one another. */
const DEPTH_LIMIT = 100;

/** The exports of a component. Throws `Invalid`, errors of the world, and a guest's traps. */
export function link(component: ComponentSyntax, run: Run): Exports {
  return new Linker(component, run, new Steps(), undefined, new Spaces(), 0).exports();
}

class Linker {
  readonly #component: ComponentSyntax;
  readonly #run: Run;
  readonly #steps: Steps;
  /** Its imports; undefined for the outermost component, which has the world. */
  readonly #given: ReadonlyMap<string, Item> | undefined;
  readonly #spaces: Spaces;
  readonly #instance: Instance;
  readonly #exports = new Map<string, Item>();
  /** The number of components around it. */
  readonly #depth: number;

  constructor(
    component: ComponentSyntax,
    run: Run,
    steps: Steps,
    given: ReadonlyMap<string, Item> | undefined,
    spaces: Spaces,
    depth: number,
  ) {
    if (depth > DEPTH_LIMIT) throw new Invalid('its components lie too deep in one another');
    this.#depth = depth;
    this.#component = component;
    this.#run = run;
    this.#steps = steps;
    this.#given = given;
    this.#spaces = spaces;
    this.#instance = { handles: new Handles(run.room), mayLeave: true, mayEnter: true };
    run.instances.push(this.#instance);
  }

  exports(): Exports {
    for (const definition of this.#component.definitions) {
      this.#steps.take();
      const item = this.#define(definition);
      if (item !== undefined) this.#spaces.add(item);
    }
    return this.#exports;
  }

  #define(definition: Definition): Item | undefined {
    const spaces = this.#spaces;
    switch (definition.kind) {
      case 'core module':
        return { sort: 'module', module: definition.module };
      case 'core instance':
        return { sort: 'core instance', exports: this.#instantiateCore(definition) };
      case 'core exports':
        return { sort: 'core instance', exports: this.#pick(definition.exports) };
      case 'component':
        return { sort: 'component', component: definition.component, where: spaces };
      case 'instance': {
        const { component, where } = spaces.get('component', definition.component);
        const given = this.#pick(definition.with);
        const around = new Spaces(where);
        const depth = this.#depth + 1;
        const inner = new Linker(component, this.#run, this.#steps, given, around, depth);
        return { sort: 'instance', exports: inner.exports() };
      }
      case 'exports':
        return { sort: 'instance', exports: this.#pick(definition.exports) };
      case 'alias':
        return follow(definition.alias, spaces);
      case 'type':
        if (definition.type.kind === 'resource') {
          const resource = this.#ownResource(definition.type.destructor);
          return { sort: 'type', type: { kind: 'resource', resource } };
        }
        return { sort: 'type', type: resolve(definition.type, spaces, this.#steps) };
      case 'lift':
        return { sort: 'func', func: this.#lift(definition) };
      case 'lower': {
        const { func } = spaces.get('func', definition.func);
        const context = this.#context(definition.options);
        return { sort: 'core func', func: lowerFunc(func, context, this.#run.ending) };
      }
      case 'resource.new':
      case 'resource.rep':
      case 'resource.drop': {
        const resource = resourceAt(spaces, definition.type);
        if (definition.kind !== 'resource.drop' && resource.maker !== this.#instance) {
          throw new Invalid(`it looks into ${resource.name}, which it does not make`);
        }
        const own = { instance: this.#instance, ending: this.#run.ending };
        return { sort: 'core func', func: resourceFunc(definition.kind, resource, own) };
      }
      case 'import':
        return this.#import(definition.name, definition.desc);
      case 'export': {
        const item = spaces.get(definition.sort, definition.index);
        this.#exports.set(definition.name, item);
        return item;
      }
      default:
        return definition satisfies never;
    }
  }

  #pick(references: readonly Reference[]): Map<string, Item> {
    return new Map(
      references.map(({ name, sort, index }) => {
        this.#steps.take();
        return [name, this.#spaces.get(sort, index)];
      }),
    );
  }

  #instantiateCore({ module: index, with: given }: Definition & { kind: 'core instance' }) {
    const { module } = this.#spaces.get('module', index);
    const imports = new Map(
      given.map(({ name, instance }) => [
        name,
        this.#spaces.get('core instance', instance).exports,
      ]),
    );
    for (const { module: from, name, sort, signature } of module.imports) {
      this.#steps.take();
      const item = exported(imports.get(from) ?? new Map(), `core ${sort}`, name);
      // V8 checks the exports of modules, but not functions of the host.
      if (item.sort === 'core func') checkSignature(item.func, signature!, `"${from}" "${name}"`);
    }
    return this.#run.instantiate(module, imports);
  }

  #import(name: string, desc: ExternDesc): Item | undefined {
    if (desc.sort === 'type' && desc.equal !== undefined) {
      return this.#given?.get(name) ?? this.#spaces.get('type', desc.equal);
    }
    if (this.#given !== undefined) return exported(this.#given, desc.sort, name);
    if (desc.sort !== 'instance') {
      return refusedItem(this.#run.world, name, desc, this.#spaces);
    }
    const { type } = this.#spaces.get('type', desc.type);
    if (type.kind !== 'instance') throw new Invalid(`type ${desc.type} is not one of instances`);
    this.#run.world.instance(name);
    return { sort: 'instance', exports: exportsOfWorld(this.#run.world, name, type, this.#steps) };
  }

  #lift({ core, options, type: index }: Definition & { kind: 'lift' }): Func {
    const type = funcTypeAt(this.#spaces, index);
    const { func } = this.#spaces.get('core func', core);
    checkSignature(func, liftedSignature(type), `core func ${core}`);
    let postReturn: CoreFunction | undefined;
    if (options.postReturn !== undefined) {
      postReturn = this.#coreFunction(options.postReturn, postReturnSignature(type));
    }
    return liftFunc(type, this.#context(options), func.call, postReturn);
  }

  #context({ encoding, memory, realloc }: CanonOptions): CanonContext {
    return {
      room: this.#run.room,
      instance: this.#instance,
      encoding,
      memory: memory === undefined ? undefined : this.#spaces.get('core memory', memory).memory,
      realloc:
        realloc === undefined ? undefined : this.#coreFunction(realloc, 'i32 i32 i32 i32 -> i32'),
    };
  }

  #coreFunction(index: number, signature: Signature): CoreFunction {
    const { func } = this.#spaces.get('core func', index);
    checkSignature(func, signature, `core func ${index}`);
    return func.call;
  }

  #ownResource(destructor: number | undefined): Resource {
    const destroy =
      destructor === undefined ? undefined : this.#coreFunction(destructor, 'i32 -> ');
    return {
      name: `resource ${this.#run.instances.indexOf(this.#instance)}`,
      maker: this.#instance,
      weight: () => 0,
      destroy: (one) => destroy?.(one),
    };
  }
}

function checkSignature(func: CoreFunc, expected: Signature, what: string): void {
  if (func.signature === expected) return;
  throw new Invalid(`${what} is a function (${func.signature}), and (${expected}) is expected`);
}

/** Answers a component's imports, after comparing each with what is offered. */
import type { Func } from '../component/functions.js';
import type { TypeItem } from '../component/items.js';
import type { Resource } from '../component/resource.js';
import type { Sort } from '../component/syntax.js';
import { funcText, typeText } from '../component/type-text.js';
import type { FuncType } from '../component/types.js';
import type { World } from '../component/world.js';
import { Trap } from '../errors.js';
import { functionsOf, type HostFunction, type Interfaces, offeredText } from './host-functions.js';
import { answerTo, ownName } from './offers.js';
import type { Refusal } from './refusals.js';
import { StackGuard } from './stack-guard.js';
import { Exit } from './wasi-cli.js';
import { weightOf } from './weights.js';

/** What answers calls. */
export interface Callable {
  readonly interfaces: Interfaces;
  /** Called before a call takes anything of the guest's; throws if the call is not to be made. */
  begin(): void;
  /** The same before a handle is dropped, which goes on after the end of the time. */
  beginDrop(): void;
  /** Wraps a function for the guest. */
  guard(call: HostFunction): HostFunction;
}

const dispose = (one: unknown) => (one as { [Symbol.dispose]?(): void })[Symbol.dispose]?.();

/**
 * Answers from the interfaces; without them, to look at the imports alone, nothing can be called.
 */
export class HostWorld implements World {
  readonly #callable: Callable | undefined;
  readonly #refused: (refusal: Refusal) => void;
  readonly #stack = new StackGuard();
  readonly #resources = new Map<string, Resource>();
  readonly #functions = new Map<string, ReadonlyMap<string, HostFunction>>();

  /** `refused` gets each import that is not offered; a stand-in takes its place. */
  constructor(refused: (refusal: Refusal) => void, callable?: Callable) {
    this.#refused = refused;
    this.#callable = callable;
  }

  instance(name: string): void {
    this.#answerTo(name);
  }

  resource(instance: string, name: string): Resource {
    const whole = `${ownName(instance)}.${name}`;
    const known = this.#resources.get(whole);
    if (known !== undefined) return known;
    const resource: Resource = {
      name: whole,
      maker: undefined,
      weight: weightOf(whole),
      begin: () => {
        this.#stack.check();
        this.#callable?.beginDrop();
      },
      destroy: this.#callable?.guard(dispose) ?? dispose,
    };
    this.#resources.set(whole, resource);
    return resource;
  }

  func(instance: string, name: string, type: FuncType): Func {
    const interfaceName = ownName(instance);
    const answer = this.#answerTo(instance);
    const text = offeredText(interfaceName, name);
    if (answer !== 'refused' && text !== undefined)
      this.#compare(instance, name, text, funcText(type));
    else if (answer === 'given') this.#refuse(`${instance}#${name}`);
    const deny = () => denied(interfaceName, name);
    if (this.#callable === undefined || text === undefined) {
      return { type, isGuest: false, call: deny, refuse: deny };
    }
    const { interfaces } = this.#callable;
    if (answer === 'denied' && interfaces[interfaceName] === undefined) {
      return { type, isGuest: false, call: deny, refuse: deny };
    }
    const call = this.#callable.guard(this.#functionsOf(interfaceName, interfaces).get(name)!);
    return {
      type,
      isGuest: false,
      begin: () => this.#begin(),
      call: type.result?.kind === 'result' ? asResult(call) : spread(call),
    };
  }

  type(instance: string, name: string, type: TypeItem): void {
    const answer = this.#answerTo(instance);
    const text = offeredText(ownName(instance), name);
    if (answer !== 'refused' && text !== undefined)
      this.#compare(instance, name, text, typeText(type));
    else if (answer === 'given') this.#refuse(`${instance}#${name}`);
  }

  refuse(name: string, sort: Sort): void {
    if (answerTo(name) === 'refused') this.#refuse(name);
    else this.#refused({ name, types: { imported: `a ${sort}`, offered: 'an instance' } });
  }

  /** A call that it refuses loses no handle of the guest's, since none was taken. */
  #begin(): void {
    this.#stack.check();
    this.#callable?.begin();
  }

  /** A refused interface is reported once. */
  #answerTo(instance: string) {
    const answer = answerTo(instance);
    if (answer === 'refused') this.#refuse(instance);
    return answer;
  }

  #compare(instance: string, name: string, expected: string, actual: string): void {
    if (actual === expected) return;
    const types = { imported: actual, offered: expected };
    this.#refused({ name: `${instance}#${name}`, types });
  }

  #refuse(name: string): void {
    this.#refused({ name });
  }

  #functionsOf(interfaceName: string, interfaces: Interfaces): ReadonlyMap<string, HostFunction> {
    let functions = this.#functions.get(interfaceName);
    if (functions === undefined) {
      functions = functionsOf(interfaceName, interfaces);
      this.#functions.set(interfaceName, functions);
    }
    return functions;
  }
}

/**
 * Turns a function that returns the ok of a result, or throws its err, into one that returns
 * either.
 */
function asResult(call: HostFunction): Func['call'] {
  return (parameters) => {
    try {
      return { tag: 'ok', val: call(...parameters) };
    } catch (thrown) {
      // An error that does not belong to the interface ends the guest.
      if (thrown instanceof Error || thrown instanceof Exit) throw thrown;
      return { tag: 'err', val: thrown };
    }
  };
}

function spread(call: HostFunction): Func['call'] {
  return (parameters) => call(...parameters);
}

/** `[method]fields.get` is `fields.get`, `[constructor]fields` is `fields.constructor`. */
function denied(interfaceName: string, name: string): never {
  const [, kind, member] = /^\[(\w+)\](.*)$/s.exec(name) ?? [];
  const called = kind === 'constructor' ? `${member}.constructor` : (member ?? name);
  throw new Trap(`capability denied: ${interfaceName}#${called}`);
}

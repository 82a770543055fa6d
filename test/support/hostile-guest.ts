/** Components written for one test, in WebAssembly's text format. */
import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import offered from '../../src/host/offered.json' with { type: 'json' };
import { coreTypeOf, functionAsWat, functionOfText, resourcesOf } from './type-of-text.js';

export interface GuestText {
  /** What it imports: `wasi:keyvalue/eventual#get`, `drop wasi:keyvalue/types.bucket`. */
  readonly imports?: readonly string[];
  /** Fields of its module, which imports the memory; `run` is exported by them. */
  readonly core: string;
  /** The module with its memory and `realloc`. */
  readonly libc?: string;
  readonly encoding?: 'utf8' | 'utf16' | 'latin1+utf16';
  /** Definitions of the component, before its modules. */
  readonly beside?: string;
  /** Options of the lifting of `run`. */
  readonly lift?: string;
}

/** A memory of 16 pages that grows; what is allocated lies behind the first page. */
const BUMP = `
  (memory (export "memory") 16)
  (global $at (mut i32) (i32.const 65536))
  (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local $begin i32)
    (local.set $begin (i32.and (i32.add (global.get $at) (i32.const 7)) (i32.const -8)))
    (global.set $at (i32.add (local.get $begin) (local.get 3)))
    (block $enough
      (br_if $enough (i32.le_u (global.get $at) (i32.shl (memory.size) (i32.const 16))))
      (drop (memory.grow (i32.add (i32.const 1) (i32.shr_u (local.get 3) (i32.const 16))))))
    (local.get $begin))`;

/** Interfaces whose resources others have handles of come first. */
const order = [
  'wasi:io/error',
  'wasi:io/poll',
  'wasi:io/streams',
  'wasi:keyvalue/wasi-keyvalue-error',
  'wasi:keyvalue/types',
  'wasi:keyvalue/wasi-keyvalue-error@0.1.0',
  'wasi:keyvalue/types@0.1.0',
  'wasi:cli/terminal-input',
  'wasi:cli/terminal-output',
  'wasi:keyvalue/store@0.2.0-draft',
  'wasi:keyvalue/store@0.2.0-draft2',
];

/** A component as bytes. */
export function componentOf(wat: string): Promise<Uint8Array> {
  return parse(wat);
}

/** A component as text, made of parts, or as bytes. */
export async function bytesOfGuest(guest: string | GuestText | Uint8Array): Promise<Uint8Array> {
  if (guest instanceof Uint8Array) return guest;
  return typeof guest === 'string' ? componentOf(guest) : guestOf(guest);
}

/** In its module the functions are `$eventual.get`, `$types.bucket.open-bucket`, `$drop.types.bucket`. */
export function guestOf(guest: GuestText): Promise<Uint8Array> {
  return componentOf(guestText(guest));
}

function guestText(guest: GuestText) {
  const { imports = [], core, libc = BUMP, encoding = 'utf8', beside = '', lift = '' } = guest;
  const functions = imports
    .filter((one) => !one.startsWith('drop '))
    .map((whole) => {
      const [interfaceName = '', member = ''] = whole.split('#');
      const members = offered[interfaceName as keyof typeof offered] as Record<string, string>;
      return { interfaceName, member, type: functionOfText(members[member]!) };
    });
  const dropped = imports.flatMap((one) => (one.startsWith('drop ') ? one.slice(5) : []));
  const used = new Set([...dropped, ...functions.flatMap(({ type }) => resourcesOf(type))]);
  const homes = [...used].map(homeOf);
  const interfaces = [
    ...new Set([
      ...order.filter((name) => homes.includes(name)),
      ...homes,
      ...functions.map(({ interfaceName }) => interfaceName),
    ]),
  ];
  const imported = interfaces.map((name) => {
    const own = functions.filter(({ interfaceName }) => interfaceName === name);
    return instanceImport(
      name,
      [...used],
      own.map(({ member, type }) => [member, functionAsWat(type)] as const),
    );
  });
  const lowered = functions.map(({ interfaceName, member, type }) => {
    const { parameters, results } = coreTypeOf(type);
    return {
      id: idOf(interfaceName, member),
      parameters,
      results,
      canon: `(canon lower (func $${interfaceName} "${member}") (memory $memory)
        (realloc $realloc) string-encoding=${encoding})`,
    };
  });
  const drops = dropped.map((resource) => ({
    id: `drop.${resource.slice(resource.indexOf('/') + 1)}`,
    parameters: ['i32'],
    results: [],
    canon: `(canon resource.drop $${resource})`,
  }));
  const all = [...lowered, ...drops];
  return `(component $C
    ${imported.join('\n')}
    ${beside}
    (core module $Libc ${libc})
    (core instance $libc (instantiate $Libc))
    (alias core export $libc "memory" (core memory $memory))
    (alias core export $libc "realloc" (core func $realloc))
    ${all.map(({ id, canon }) => `(core func $${id} ${canon})`).join('\n')}
    (core instance $host ${all.map(({ id }) => `(export "${id}" (func $${id}))`).join(' ')})
    (core module $Main
      (import "libc" "memory" (memory 0))
      (import "libc" "realloc" (func $realloc (param i32 i32 i32 i32) (result i32)))
      ${all
        .map(
          ({ id, parameters, results }) => `(import "host" "${id}" (func $${id}
            (param ${parameters.join(' ')}) (result ${results.join(' ')})))`,
        )
        .join('\n')}
      ${core})
    (core instance $main (instantiate $Main
      (with "libc" (instance $libc)) (with "host" (instance $host))))
    ${lift.includes('$post') ? '(alias core export $main "post" (core func $post))' : ''}
    (func $run (result (result)) (canon lift (core func $main "run") ${lift}))
    (instance $r (export "run" (func $run)))
    (export "wasi:cli/run@0.2.0" (instance $r)))`;
}

/** The import of an interface with these functions, in a component `$C`, and its resources' names. */
export function instanceImport(
  name: string,
  resources: readonly string[],
  members: readonly (readonly [name: string, type: string])[],
): string {
  const own = resources.filter((resource) => homeOf(resource) === name);
  const others = resources.filter(
    (resource) =>
      !own.includes(resource) && members.some(([, type]) => type.includes(`$${resource})`)),
  );
  const exports = own.map(
    (resource) => `(export "${shortName(resource)}" (type $${resource} (sub resource)))`,
  );
  const outer = others.map((resource) => `(alias outer $C $${resource} (type $${resource}))`);
  const functions = members.map(([member, type]) => `(export "${member}" ${type})`);
  const aliases = own.map(
    (resource) => `(alias export $${name} "${shortName(resource)}" (type $${resource}))`,
  );
  return `(import "${versioned(name)}" (instance $${name}
    ${[...outer, ...exports, ...functions].join('\n    ')}))
  ${aliases.join('\n')}`;
}

/** With the version that kv offers. */
export function versioned(name: string): string {
  if (name.includes('@')) return name;
  if (name.startsWith('wasi:config/')) return `${name}@0.2.0-rc.1`;
  return name.startsWith('wasi:keyvalue/') ? `${name}@0.2.0-draft` : `${name}@0.2.0`;
}

/** The interface that a resource is of. */
export function homeOf(resource: string): string {
  return resource.slice(0, resource.lastIndexOf('.'));
}

function shortName(resource: string): string {
  return resource.slice(resource.lastIndexOf('.') + 1);
}

function idOf(interfaceName: string, member: string): string {
  return `${interfaceName.slice(interfaceName.indexOf('/') + 1)}.${member.replace(/^\[\w+\]/, '')}`;
}

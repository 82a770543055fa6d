/** Every function that takes a handle, given one that was never given, that was dropped, and of another. */
import { describe, expect, test } from 'vitest';
import offered from '../../src/host/offered.json' with { type: 'json' };
import { guestOf } from '../support/hostile-guest.js';
import { outcomeOf, requestOf } from '../support/in-process.js';
import { coreTypeOf, functionOfText } from '../support/type-of-text.js';

const OPEN = 'wasi:keyvalue/types#[static]bucket.open-bucket';
const NEW = 'wasi:keyvalue/types#[static]outgoing-value.new-outgoing-value';
const VALUE = 'wasi:keyvalue/types.outgoing-value';
const ERROR = 'wasi:keyvalue/wasi-keyvalue-error.error';

const taking = Object.entries(offered).flatMap(([interfaceName, members]) =>
  Object.entries(members).flatMap(([member, text]) => {
    if (!text.startsWith('func')) return [];
    const type = functionOfText(text);
    const resource = type.parameters[0]?.resource;
    return resource === undefined
      ? []
      : [[`${interfaceName}#${member}`, { type, resource }] as const];
  }),
);

const dropped = [...new Set(taking.map(([, { resource }]) => resource))];

describe('a handle that is none', () => {
  test('is tried with every resource that has functions', () => {
    expect(taking.length).toBeGreaterThan(30);
    expect(dropped.length).toBeGreaterThan(7);
  });

  test.each(taking)('of %s is a trap that names it', async (name, { type, resource }) => {
    const { parameters } = coreTypeOf(type);
    const rest = parameters.slice(1).map((one) => `(${one}.const 8)`);
    const call = (handle: string) =>
      `(call $${idOf(name)} ${[handle, ...rest].join(' ')}) ${type.result && coreTypeOf(type).results.length > 0 ? '(drop)' : ''}`;
    await expectTraps(name, resource, call);
  });

  test.each(dropped)('is not dropped either: %s', async (resource) => {
    const call = (handle: string) => `(call $drop.${shortOf(resource)} ${handle})`;
    await expectTraps(`drop ${resource}`, resource, call);
  });

  test('in a list is a trap too', async () => {
    const bytes = await guestOf({
      imports: ['wasi:io/poll#poll'],
      core: `(data (i32.const 16) "\\2a") (func (export "run") (result i32)
        (call $poll.poll (i32.const 16) (i32.const 1) (i32.const 1024)) (i32.const 0))`,
    });
    expect(outcomeOf(requestOf(bytes))).toEqual(trap(/handle 42 is no pollable: it was dropped/));
  });
});

/** `name` is what is called with handles; another's is one of what `resource` is not. */
async function expectTraps(name: string, resource: string, call: (handle: string) => string) {
  const [, short = ''] = /([\w-]+)$/.exec(resource)!;
  const other = resource.endsWith('.outgoing-value') ? ERROR : VALUE;
  const [, otherShort = ''] = /([\w-]+)$/.exec(other)!;
  const made =
    other === VALUE
      ? '(local.set $h (call $types.outgoing-value.new-outgoing-value))'
      : `(call $types.bucket.open-bucket (i32.const 0) (i32.const 1) (i32.const 1024))
         (local.set $h (i32.load (i32.const 1028)))`;
  const attempts: [string, RegExp][] = [
    [
      call('(i32.const 999)'),
      new RegExp(`handle 999 is no ${short}: it was dropped, or never given$`),
    ],
    [call('(i32.const 0)'), new RegExp(`handle 0 is no ${short}: it was dropped, or never given$`)],
    [
      call('(i32.const -1)'),
      new RegExp(`handle 4294967295 is no ${short}: it was dropped, or never`),
    ],
    [
      `${made} ${call('(local.get $h)')}`,
      new RegExp(`handle 1 is no ${short}, but a ${otherShort}$`),
    ],
    [
      `${made} (call $drop.${shortOf(other)} (local.get $h)) ${call('(local.get $h)')}`,
      new RegExp(`handle 1 is no ${short}: it was dropped, or never given$`),
    ],
  ];
  for (const [body, says] of attempts) {
    const imports = [...new Set([OPEN, NEW, name, `drop ${other}`])];
    const core = `(func (export "run") (result i32) (local $h i32) ${body} (i32.const 0))`;
    expect(outcomeOf(requestOf(await guestOf({ imports, core })))).toEqual(trap(says));
  }
}

function trap(says: RegExp) {
  return { code: 'trapped', message: expect.stringMatching(says) };
}

function idOf(name: string): string {
  const [interfaceName = '', member = ''] = name.split('#');
  return `${shortOf(interfaceName)}.${member.replace(/^\[\w+\]/, '')}`;
}

function shortOf(name: string): string {
  return name.slice(name.indexOf('/') + 1);
}

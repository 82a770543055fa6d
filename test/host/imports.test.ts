/**
 * Every function that is offered, imported as it is and otherwise: what a component's own WIT says, and
 * kv's does not, is refused by name before anything of it runs.
 */
import { describe, expect, test } from 'vitest';
import offered from '../../src/host/offered.json' with { type: 'json' };
import { componentOf, homeOf, instanceImport, versioned } from '../support/hostile-guest.js';
import { outcomeOf, requestOf } from '../support/in-process.js';
import {
  type FunctionText,
  functionAsWat,
  functionOfText,
  resourcesOf,
  type ValueText,
} from '../support/type-of-text.js';

interface Offered {
  readonly interfaceName: string;
  readonly member: string;
  readonly type: FunctionText;
}

const functions: Offered[] = Object.entries(offered).flatMap(([interfaceName, members]) =>
  Object.entries(members).flatMap(([member, text]) =>
    text.startsWith('func') ? [{ interfaceName, member, type: functionOfText(text) }] : [],
  ),
);

const u8: ValueText = { form: 'u8', names: [], parts: [] };
const string: ValueText = { form: 'string', names: [], parts: [] };

/** The function as a guest has it that says something else about it. */
const others: Readonly<Record<string, (type: FunctionText) => FunctionText | undefined>> = {
  'one parameter more': ({ parameters, result }) => ({ parameters: [...parameters, u8], result }),
  'one parameter less': ({ parameters, result }) => {
    return parameters.length === 0 ? undefined : { parameters: parameters.slice(1), result };
  },
  'another parameter': ({ parameters, result }) => {
    if (parameters.length === 0) return undefined;
    const last = parameters.at(-1)!.form === 'string' ? u8 : string;
    return { parameters: [...parameters.slice(0, -1), last], result };
  },
  'a handle to keep in place of one that is lent, or the reverse': ({ parameters, result }) => {
    const changed = parameters.map((one) => {
      if (one.resource === undefined) return one;
      return { ...one, form: one.form === 'own' ? 'borrow' : 'own' };
    });
    return parameters.some(({ resource }) => resource)
      ? { parameters: changed, result }
      : undefined;
  },
  'another result': ({ parameters, result }) => {
    return { parameters, result: result?.form === 'string' ? u8 : string };
  },
  'no result, or one': ({ parameters, result }) => {
    return { parameters, result: result === undefined ? u8 : undefined };
  },
};

/** Names that the objects of JavaScript have, and constructors that the WIT does not. */
function inherited(resource: string): string[] {
  const names = ['constructor', 'to-string', 'value-of', 'has-own-property', '--proto--', 'call'];
  return [
    `[constructor]${resource}`,
    ...names.flatMap((name) => [`[static]${resource}.${name}`, `[method]${resource}.${name}`]),
    'constructor',
    'to-string',
    '__proto__',
    'prototype',
  ];
}

const byName = functions.map((one) => [`${one.interfaceName}#${one.member}`, one] as const);

describe('every function that is offered', () => {
  test('is there to be imported', () => {
    expect(functions.length).toBeGreaterThan(60);
  });

  test.each(byName)('%s is given as it is', async (_, { interfaceName, member, type }) => {
    expect(await outcome(interfaceName, member, type)).toMatchObject({
      code: 'not-a-component',
      message: expect.stringMatching(/: it does not export wasi:cli\/run@0\.2$/),
    });
  });

  test.each(byName)('%s is refused by name as another', async (_, one) => {
    const { interfaceName, member, type } = one;
    const whole = `${versioned(interfaceName)}#${member}`;
    for (const change of Object.values(others)) {
      const changed = change(type);
      if (changed === undefined) continue;
      expect(await outcome(interfaceName, member, changed)).toMatchObject({
        code: 'not-offered',
        message: expect.stringContaining(`: it imports ${whole} as func(`),
      });
    }
  });
});

const resources = Object.entries(offered).flatMap(([interfaceName, members]) =>
  Object.entries(members).flatMap(([member, text]) =>
    text === `resource ${interfaceName}.${member}` ? `${interfaceName}.${member}` : [],
  ),
);

describe('what no interface has', () => {
  test.each(resources)('is refused by name, for %s', async (resource) => {
    const interfaceName = homeOf(resource);
    // What is answered as if there were none of it traps when it is used.
    if (interfaceName === 'wasi:filesystem/types') return;
    const name = resource.slice(interfaceName.length + 1);
    const own: ValueText = { form: 'own', names: [], parts: [], resource };
    const borrow: ValueText = { ...own, form: 'borrow' };
    for (const member of [...inherited(name), 'no-such-function']) {
      const isMethod = member.startsWith('[method]');
      const type = { parameters: isMethod ? [borrow] : [string], result: own };
      expect(await outcome(interfaceName, member, type)).toMatchObject({
        code: 'not-offered',
        message: expect.stringContaining(
          `: it imports ${versioned(interfaceName)}#${member}, which kv does not offer`,
        ),
      });
    }
  });

  test('is refused as a type, a resource or an instance too', async () => {
    const bodies = [
      '(export "secret" (type (sub resource)))',
      '(type $t (record (field "a" u8))) (export "secret" (type (eq $t)))',
      '(type $i (instance)) (export "secret" (instance (type $i)))',
    ];
    for (const body of bodies) {
      const bytes = await componentOf(
        `(component (import "wasi:io/poll@0.2.0" (instance ${body})))`,
      );
      expect(outcomeOf(requestOf(bytes))).toMatchObject({
        code: 'not-offered',
        message: expect.stringContaining(
          ': it imports wasi:io/poll@0.2.0#secret, which kv does not offer',
        ),
      });
    }
  });

  test('a resource that is said to be another is refused', async () => {
    const bytes = await componentOf(`(component $C
      (import "wasi:io/error@0.2.0" (instance $e (export "error" (type (sub resource)))))
      (alias export $e "error" (type $error))
      (import "wasi:io/poll@0.2.0" (instance
        (alias outer $C $error (type $error)) (export "pollable" (type (eq $error))))))`);
    expect(outcomeOf(requestOf(bytes))).toMatchObject({
      code: 'not-offered',
      message: expect.stringContaining(
        'wasi:io/poll@0.2.0#pollable as resource wasi:io/error.error',
      ),
    });
  });
});

/** How a component ends that imports one function, and is nothing else. */
async function outcome(interfaceName: string, member: string, type: FunctionText) {
  const used = [...new Set(resourcesOf(type))];
  const homes = [...new Set(used.map(homeOf))].filter((home) => home !== interfaceName);
  const imports = homes.map((home) => instanceImport(home, used, []));
  const wat = `(component $C ${imports.join('\n')}
    ${instanceImport(interfaceName, used, [[member, functionAsWat(type)]])})`;
  return outcomeOf(requestOf(await componentOf(wat)));
}

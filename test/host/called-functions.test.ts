/** Every function of wasi:keyvalue that is offered, of each draft, is called by a guest that checks what it gives. */
import { expect, test } from 'vitest';
import { importsOf } from '../../src/component/imports-as-text.js';
import offered from '../../src/host/offered.json' with { type: 'json' };
import { ownName } from '../../src/host/offers.js';
import { guestBytes } from '../support/guests.js';

/** By the version of the interfaces, as `offered.json` names it. */
const guests = {
  '': ['check'],
  '@0.1.0': ['first', 'cache'],
  '@0.2.0-draft': ['draft'],
  '@0.2.0-draft2': ['draft2'],
};

/** Undefined for what is not of wasi:keyvalue. */
function versionOf(name: string): string | undefined {
  return /^wasi:keyvalue\/[a-z-]+(@.*)?$/.test(name) ? name.replace(/^[^@]*/, '') : undefined;
}

/** The functions of wasi:keyvalue in one version. */
function functionsOf(interfaces: object, version: string): string[] {
  return Object.entries(interfaces)
    .filter(([name]) => versionOf(name) === version)
    .flatMap(([name, members]) =>
      Object.entries(members as Record<string, string>)
        .filter(([, text]) => text.startsWith('func('))
        .map(([member]) => `${name}#${member}`),
    );
}

test.each(Object.entries(guests))('of wasi:keyvalue%s', (version, names) => {
  // A linker leaves out what a guest does not call.
  const called = names.flatMap((name) =>
    functionsOf(importsOf(guestBytes(name), ownName), version),
  );
  const functions = functionsOf(offered, version);
  expect(functions.length).toBeGreaterThan(9);
  expect(functions.filter((one) => !called.includes(one))).toEqual([]);
});

test('no other version is offered', () => {
  const versions = Object.keys(offered).flatMap((name) => versionOf(name) ?? []);
  expect([...new Set(versions)].sort()).toEqual(Object.keys(guests).sort());
});

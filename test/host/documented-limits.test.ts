/** The numbers in README "Components" and in `kv help run` are those of the constants. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { command } from '../../src/commands/run.js';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

/** The value of a constant, as its file writes it: a number, or a product, or the first of `Math.min`. */
function constant(path: string, name: string): number {
  const [, text = ''] =
    new RegExp(`const ${name} =\\s*(?:Math\\.min\\()?([\\d_ *]+)`).exec(read(path)) ?? [];
  const factors = text.split('*').map((factor) => Number(factor.replaceAll('_', '')));
  expect(factors, `${name} in ${path}`).not.toContain(Number.NaN);
  return factors.reduce((product, factor) => product * factor, 1);
}

/** Bytes of V8's heap limit for a step of linking: a quarter of them may be used. */
const STEP_BYTES = 4 * 1024;

/** Which part of V8's heap limit it is at most. */
function shareOfHeap(name: string): number {
  const [, divisor] =
    new RegExp(`const ${name} =[^;]*HEAP_SHARE_BYTES(?: / (\\d+))?`).exec(read(ROOM)) ?? [];
  return 4 * Number(divisor ?? 1);
}

const ROOM = 'src/component/room.ts';
const BODY = 'src/component/function-body.ts';
const TYPES = 'src/component/core-types.ts';
const MODULE = 'src/component/core-module.ts';

const grouped = (value: number) => value.toLocaleString('en-US');
const number = (path: string, name: string) => grouped(constant(path, name));
const inMiB = (path: string, name: string) => `${constant(path, name) / 1024 ** 2} MiB`;
const inKiB = (path: string, name: string) => `${constant(path, name) / 1024} KiB`;
const share = (name: string) => `a ${shareOfHeap(name)}th of V8's heap limit`;

describe('README "Components" has in its table', () => {
  const rows = new Map(
    [...read('README.md').matchAll(/^\| ([^|]+) \| ([^|]+) \|$/gm)].map(([, what, by]) => [
      what!,
      by!,
    ]),
  );
  test.each([
    ['time', `${constant('src/host/time-limit.ts', 'GRACE_MILLISECONDS')} ms`],
    ['its memories', `${constant(ROOM, 'DEFAULT_MEMORY_BYTES') / 1024 ** 3} GiB`],
    ['these and what kv holds', inMiB(ROOM, 'HELD_LIMIT_BYTES')],
    ['handles', number(ROOM, 'HANDLE_LIMIT')],
    ['values that a call passes', inMiB(ROOM, 'PASSED_LIMIT_BYTES')],
    ['instances', number(ROOM, 'INSTANCE_LIMIT')],
    ['instances', number(ROOM, 'TABLE_LIMIT_ENTRIES')],
    ['what its modules declare', inMiB(ROOM, 'DECLARATION_LIMIT_BYTES')],
    ['what its modules declare', share('DECLARATION_LIMIT_BYTES')],
    ['exports', number(ROOM, 'EXPORT_LIMIT')],
    ['its definitions', number(ROOM, 'STEP_LIMIT')],
    ['its definitions', `one for each ${STEP_BYTES / 1024} KiB of V8's heap limit`],
    ['code of its modules', inMiB(ROOM, 'CODE_LIMIT_BYTES')],
    ['code of its modules', share('CODE_LIMIT_BYTES').replace('32th', '32nd')],
    ['machine code', inMiB(ROOM, 'MACHINE_CODE_LIMIT_BYTES')],
    ['a function', inMiB(BODY, 'BODY_LIMIT_BYTES')],
    ['a function', `${constant(TYPES, 'ARITY_LIMIT')} parameters or results`],
    ['a function', inKiB(BODY, 'OPTIMIZED_BYTES')],
    ['a function', `${number(BODY, 'OPTIMIZED_BRANCHES')} branches`],
    ['a function', `${number(BODY, 'OPTIMIZED_VALUES')} values`],
    ['a function', `${(24 * constant(BODY, 'KEPT_LIMIT')) / 1e6} MB`],
    ['types of the functions', number(ROOM, 'SIGNATURE_LIMIT')],
    ['exceptions', `${constant(MODULE, 'TAG_LIMIT')} values`],
    ['random bytes', inMiB('src/host/wasi-random.ts', 'LIMIT_BYTES')],
    ['its file', inMiB(ROOM, 'COMPONENT_LIMIT_BYTES')],
  ])('%s: %s', (what, value) => {
    const [, by = ''] = [...rows].find(([name]) => name.startsWith(what)) ?? [];
    expect(by).toMatch(new RegExp(`(^|[^\\d,.])${value}`));
  });

  test('and what a call of the host needs of the stack', () => {
    const needed = inKiB('src/host/stack-guard.ts', 'NEEDED_BYTES');
    expect(read('README.md')).toContain(`only where the stack has room for it, ${needed}`);
  });
});

test.each([
  `${constant(ROOM, 'DEFAULT_MEMORY_BYTES') / 1024 ** 3}G`,
  inMiB(ROOM, 'HELD_LIMIT_BYTES'),
  `${number(ROOM, 'HANDLE_LIMIT')} handles`,
  `${number(ROOM, 'INSTANCE_LIMIT')} instances`,
  `${number(ROOM, 'TABLE_LIMIT_ENTRIES')} entries`,
  `${inMiB(ROOM, 'PASSED_LIMIT_BYTES')} of values`,
  `${inMiB(ROOM, 'DECLARATION_LIMIT_BYTES')} of declarations`,
  `${inMiB(ROOM, 'CODE_LIMIT_BYTES')} of code`,
  `${inMiB(ROOM, 'MACHINE_CODE_LIMIT_BYTES')} of machine code`,
])('kv help run says %s', (value) => {
  expect(command.details?.replace(/\s+/g, ' ')).toContain(value);
});

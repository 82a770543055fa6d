/** What V8 is given of a core module: nothing that it makes too much of. */
import { describe, expect, test } from 'vitest';
import { BinaryReader } from '../../src/component/binary-reader.js';
import { withMaxima } from '../../src/component/core-bounds.js';
import { readCoreModule } from '../../src/component/core-module.js';
import { Declared } from '../../src/component/declared.js';
import { componentOf } from '../support/hostile-guest.js';

/** V8's interface, of which Node's declarations say nothing. */
const { Module } = (globalThis as unknown as { WebAssembly: { Module: ModuleClass } }).WebAssembly;

interface ModuleClass {
  new (bytes: Uint8Array): object;
  customSections(module: object, name: string): ArrayBuffer[];
}

test('custom sections, of which V8 makes strings in its heap, are left out', async () => {
  const bytes = await componentOf(
    '(module (func) (@custom "sourceMappingURL" (after code) "\\01a"))',
  );
  const bounded = withMaxima(read(bytes), { memories: [], tables: [] });
  const sections = (one: Uint8Array) => Module.customSections(new Module(one), 'sourceMappingURL');
  expect(sections(bytes).length).toBe(1);
  expect(sections(bounded).length).toBe(0);
});

/** Functions that V8's optimizing compiler may get, and those like them that it may not. */
const bodies: Record<string, readonly [may: string, mayNot: string]> = {
  'of many bytes': ['nop '.repeat(131_000), 'nop '.repeat(132_000)],
  'of many branches': [
    '(if (local.get 0) (then)) '.repeat(5900),
    '(if (local.get 0) (then)) '.repeat(6100),
  ],
  'of many cases in a table, and many locals': [
    table(900, '(local i32) '.repeat(1000)),
    table(1100, '(local i32) '.repeat(1000)),
  ],
  'of loops in loops': [
    `${'loop '.repeat(1400)} ${'end '.repeat(1400)}`,
    `${'loop '.repeat(1500)} ${'end '.repeat(1500)}`,
  ],
  'of many calls in a try, and many locals': [
    `(local ${'i32 '.repeat(5000)}) ${'call 0 '.repeat(4000)}`,
    `(local ${'i32 '.repeat(5000)}) try ${'call 0 '.repeat(4000)} catch_all end`,
  ],
};

describe("V8's optimizing compiler gets no function", () => {
  test.each(Object.entries(bodies))('%s', async (_, texts) => {
    const modules = await Promise.all(
      texts.map((text) => componentOf(`(module (func) (func (param i32) ${text}))`)),
    );
    expect(modules.map((one) => read(one).isOptimizable)).toEqual([true, false]);
  });

  test('of instructions that kv does not know, where it would have to look at them', async () => {
    const of = (count: number) => componentOf(`(module (func ${'(atomic.fence) '.repeat(count)}))`);
    expect(read(await of(100)).isOptimizable).toBe(true);
    expect(read(await of(2000)).isOptimizable).toBe(false);
  });
});

function table(cases: number, locals: string): string {
  return `${locals} (block (br_table ${'0 '.repeat(cases)} (local.get 0)))`;
}

function read(bytes: Uint8Array) {
  return readCoreModule(new BinaryReader(bytes), new Declared());
}

/**
 * Names in a component that would be code in what the transpiler makes of it. Core WebAssembly lets
 * a name be any text, and the transpiler puts it between quotes as it is.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import { describe, expect, test } from 'vitest';
import { readComponent } from '../../src/host/component.js';
import { transpile } from '../../src/host/transpile.js';
import { expectRefusal } from '../support/refusal.js';
import { Shell } from '../support/shell.js';

const code = "x']; globalThis.injected = true; ['";

/** A component with names of its author's choice, in every place that core WebAssembly has one. */
function component({ module = 'm', field = 'f', run = 'run', inner = 'i' }): Promise<Uint8Array> {
  return parse(`(component
    (component $nested
      (core module $empty (func (export ${quote(inner)})))
      (core instance $e (instantiate $empty)))
    (instance $n (instantiate $nested))
    (core module $a (func (export ${quote(field)})))
    (core module $b
      (import ${quote(module)} ${quote(field)} (func $f))
      (func (export ${quote(run)}) (result i32) call $f i32.const 0))
    (core instance $ia (instantiate $a))
    (core instance $ib (instantiate $b (with ${quote(module)} (instance $ia))))
    (func $run (result (result)) (canon lift (core func $ib ${quote(run)})))
    (component $c (import "run" (func $r (result (result)))) (export "run-it" (func $r)))
    (component $d (import "run" (func $r (result (result)))) (export "run" (func $r)))
    (instance $i (instantiate $d (with "run" (func $run))))
    (export "wasi:cli/run@0.2.0" (instance $i)))`);
}

describe('names in a component', () => {
  test('of the usual characters are run', async () => {
    const names = { module: '[export]$root', field: 'a.b#c/d@0.2.0-x_<y>', run: 'cabi_post' };
    const { status, stderr } = await runIn(new Shell(), await component(names));
    expect([status, stderr]).toEqual([0, '']);
  });

  test.each([
    ['a module that is imported from', { module: code }],
    ['a field that is imported', { field: code }],
    ['an export', { run: code }],
    ['an export of a component in it', { inner: code }],
    ['a backslash', { field: 'a\\' }],
    ['a line break', { module: 'a\nb' }],
    ['a separator of lines', { module: 'a\u2028b' }],
    ['a template', { run: '`1`' }],
  ])('of other characters are refused: %s', async (_, names) => {
    expectRefusal(await runIn(new Shell(), await component(names)), {
      status: 4,
      message: /^cannot run "x.wasm": it holds the name ".*", which no toolchain makes$/,
    });
  });

  test('are indeed left as they are by the transpiler', async () => {
    const bytes = await component({ module: code });
    expect(() => readComponent(bytes, 'read it')).toThrow('which no toolchain makes');
    expect((await transpile(bytes, 'read it')).source).toContain(`'${code}'`);
  });
});

async function runIn(shell: Shell, bytes: Uint8Array) {
  writeFileSync(join(shell.folder, 'x.wasm'), bytes);
  return shell.run('kv run x.wasm');
}

/** Text as WebAssembly's text format has it, byte by byte. */
function quote(text: string): string {
  const bytes = [...Buffer.from(text)].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`);
  return `"${bytes.join('')}"`;
}

/** Names of a component's author's choice: they are told as they are, and are code nowhere. */
import { describe, expect, test } from 'vitest';
import { componentOf } from '../support/hostile-guest.js';
import { outcomeOf, requestOf } from '../support/in-process.js';

describe('what is denied traps by its name when it is called, and not before:', () => {
  test.each([
    ['[constructor]fields', 'fields.constructor'],
    ['[static]fields.from-list', 'fields.from-list'],
    ['[method]fields.get-all', 'fields.get-all'],
    ['http-error-code', 'http-error-code'],
    ['constructor', 'constructor'],
    ['__proto__', '__proto__'],
  ])('%s of wasi:http/types', async (name, told) => {
    const whole = `capability denied: wasi:http/types#${told}`;
    const message = expect.stringMatching(new RegExp(`: it trapped: ${whole}$`));
    const bytes = (instructions: string) =>
      componentOf(`(component
        (import "wasi:http/types@0.2.0" (instance $types
          (export "fields" (type (sub resource))) (export "${name}" (func (param "a" u32)))))
        (core func $denied (canon lower (func $types "${name}")))
        (core instance $host (export "denied" (func $denied)))
        (core module $m (import "host" "denied" (func $denied (param i32)))
          (func (export "run") (result i32) ${instructions} (i32.const 0)))
        (core instance $i (instantiate $m (with "host" (instance $host))))
        (func $run (result (result)) (canon lift (core func $i "run")))
        (instance $r (export "run" (func $run))) (export "wasi:cli/run@0.2.0" (instance $r)))`);
    expect(outcomeOf(requestOf(await bytes('(call $denied (i32.const 7))')))).toEqual({
      code: 'trapped',
      message,
    });
    expect(outcomeOf(requestOf(await bytes('')))).toBe(0);
  });
});

const code = "x']; globalThis.injected = true; ['";

test.each([
  ['of the usual characters', 'a.b#c/d@0.2.0-x_<y>'],
  ['that would be code', code],
  ['with a backslash', 'a\\'],
  ['with a line break', 'a\nb'],
  ['with a separator of lines', 'a\u2028b'],
  ['of a template', '`'],
  ['that objects have', '__proto__'],
  ['that functions have', 'constructor'],
  ['that is empty', ''],
])('a name %s is but a name to the modules of a component', async (_, name) => {
  const text = quoted(name);
  const bytes = await componentOf(`(component
    (component $nested (core module $e (func (export ${text}))) (core instance (instantiate $e)))
    (instance (instantiate $nested))
    (core module $a (func (export ${text}) (result i32) (i32.const 1)))
    (core module $b (import ${text} ${text} (func $f (result i32)))
      (func (export ${text}) (result i32) (i32.sub (call $f) (i32.const 1))))
    (core instance $ia (instantiate $a))
    (core instance $ib (instantiate $b (with ${text} (instance $ia))))
    (func $run (result (result)) (canon lift (core func $ib ${text})))
    (component $c (import "run" (func $r (result (result)))) (export "run" (func $r)))
    (instance $i (instantiate $c (with "run" (func $run))))
    (export "wasi:cli/run@0.2.0" (instance $i)))`);
  expect(outcomeOf(requestOf(bytes))).toBe(0);
  expect(globalThis).not.toHaveProperty('injected');
});

/** Text as WebAssembly's text format has it, byte by byte. */
function quoted(text: string): string {
  const bytes = [...Buffer.from(text)].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`);
  return `"${bytes.join('')}"`;
}

/** What a component lacks is said so that it helps: everything at once, and what to do next. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { KvError } from '../../src/errors.js';
import { explainComponent, runComponent } from '../../src/host/index.js';
import { componentOf } from '../support/hostile-guest.js';
import { requestOf } from '../support/in-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** The error that running such a component ends with; its path is PATH there. */
async function refusal(wat: string): Promise<{ code: string; message: string; hint?: string }> {
  const request = requestOf(await componentOf(wat));
  const plain = (text: string) => text.replaceAll(request.path, 'PATH');
  try {
    runComponent(request);
  } catch (thrown) {
    const { code, message, hint } = thrown as KvError;
    expect(thrown).toBeInstanceOf(KvError);
    return { code, message: plain(message), ...(hint !== undefined && { hint: plain(hint) }) };
  }
  throw new Error('it ran');
}

const RUN = `(core module $m (func (export "run") (result i32) (i32.const 0)))
  (core instance $i (instantiate $m))
  (func $run (result (result)) (canon lift (core func $i "run")))`;
const EXPORTED = `${RUN} (instance $r (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $r))`;

describe('an import that is not offered', () => {
  test('is named with all others, interfaces, functions and types alike', async () => {
    const wat = `(component
      (import "a:b/c" (instance (export "f" (func))))
      (import "log" (func (param "text" string)))
      (import "wasi:io/poll@0.2.0" (instance (export "no-such" (func)) (export "poll" (func))))
      (import "thing" (type (sub resource)))
      ${EXPORTED})`;
    expect(await refusal(wat)).toEqual({
      code: 'not-offered',
      message:
        'cannot run "PATH": it imports a:b/c, log, wasi:io/poll@0.2.0#no-such and thing, which kv ' +
        'does not offer; it imports wasi:io/poll@0.2.0#poll as func(), and kv offers ' +
        'func(list<borrow<wasi:io/poll.pollable>>) -> list<u32>',
    });
  });

  test('of another version is told with those that are offered', async () => {
    const wat = `(component (import "wasi:keyvalue/store@0.3.0" (instance
      (export "bucket" (type (sub resource))))) ${EXPORTED})`;
    expect((await refusal(wat)).message).toBe(
      'cannot run "PATH": it imports wasi:keyvalue/store@0.3.0, which kv does not offer; ' +
        'of wasi:keyvalue/store it offers 0.2.0-draft and 0.2.0-draft2',
    );
  });

  test('comes before what would not fit together with it', async () => {
    const wat = `(component (import "a:b/c" (instance)) (alias export 0 "f" (func)) ${EXPORTED})`;
    const bytes = await componentOf(`(component (import "a:b/c" (instance (export "f" (func)))))`);
    expect(explainComponent(requestOf(bytes).path, false).imports).toEqual([
      { name: 'a:b/c', answer: 'refused' },
    ]);
    expect((await refusal(wat)).message).toMatch(/: it imports a:b\/c, which kv does not offer$/);
  });

  test('may be of another sort than what is offered', async () => {
    const wat = `(component (import "wasi:cli/exit@0.2.0" (func)) ${EXPORTED})`;
    expect((await refusal(wat)).message).toBe(
      'cannot run "PATH": it imports wasi:cli/exit@0.2.0 as a func, and kv offers an instance',
    );
  });

  test('is one of twenty that are named, and the others are counted', async () => {
    const imports = Array.from({ length: 30 }, (_, index) => `(import "f${index}" (func))`);
    expect((await refusal(`(component ${imports.join(' ')})`)).message).toMatch(
      /f18 and f19, which kv does not offer; 10 more, which --explain lists$/,
    );
  });
});

describe('a component without wasi:cli/run', () => {
  test.each([
    [
      'a handler of requests',
      '(instance $h) (export "wasi:http/incoming-handler@0.2.3" (instance $h))',
      'wasi:http/incoming-handler@0.2.3',
      'try: wasmtime serve "PATH"',
    ],
    [
      'a command of WASI 0.3',
      `${RUN} (instance $r (export "run" (func $run))) (export "wasi:cli/run@0.3.0" (instance $r))`,
      'wasi:cli/run@0.3.0',
      'it is for WASI 0.3: build it for 0.2',
    ],
    [
      'functions',
      `${RUN} (export "first" (func $run)) (export "second" (func $run))`,
      'first and second',
      'try: wasmtime run --invoke "first()" "PATH"',
    ],
    [
      'a library',
      '(instance $h) (export "my:own/thing@1.0.0" (instance $h))',
      'my:own/thing@1.0.0',
      undefined,
    ],
    [
      'a function whose name a shell would run',
      `${RUN} (export "$(id)" (func $run))`,
      '$(id)',
      undefined,
    ],
  ])('says what it exports instead: %s', async (_, body, exports, hint) => {
    expect(await refusal(`(component ${body})`)).toEqual({
      code: 'not-a-component',
      message: `cannot run "PATH": it does not export wasi:cli/run@0.2, but ${exports}`,
      ...(hint !== undefined && { hint }),
    });
  });
});

describe('a core module', () => {
  const wrap = 'wrap it: wasm-tools component new "PATH" -o component.wasm';
  test.each([
    ['as it is', '(module)', wrap],
    ['with the garbage collector', '(module (type (struct)))', wrap],
    ['with a memory of 64 bits', '(module (memory i64 1))', wrap],
    [
      'of the first preview of WASI',
      '(module (import "wasi_snapshot_preview1" "proc_exit" (func (param i32))))',
      `${wrap} --adapt wasi_snapshot_preview1=wasi_snapshot_preview1.command.wasm`,
    ],
  ])('is told to be wrapped: %s', async (_, wat, hint) => {
    expect(await refusal(wat)).toEqual({
      code: 'not-a-component',
      message: 'cannot run "PATH": it is a core module, not a component',
      hint,
    });
    const path = join(temporaryFolder(), 'x.wasm');
    writeFileSync(path, await componentOf(wat));
    expect(() => explainComponent(path, false)).toThrow(/it is a core module, not a component$/);
  });
});

test.each([
  ['types of the garbage collector', '(type (struct (field i32)))'],
  ['instructions', '(type $a (array i8)) (func (drop (array.new_default $a (i32.const 1))))'],
  ['memories', '(memory i64 1)'],
  ['tables', '(table 1 exnref)'],
])('%s of a later WebAssembly are bad data, and no trap', async (_, core) => {
  const { code } = await refusal(`(component (core module $late ${core})
    (core instance (instantiate $late)) ${EXPORTED})`);
  expect(code).toBe('not-a-component');
});

test.each([
  ['a future', '(type (future u8))'],
  ['a stream', '(type (stream u8))'],
  ['an error context', '(core func (canon error-context.drop))'],
  ['an async function', '(core func $f (canon task.cancel))'],
  ['a list of error contexts', '(type (list error-context))'],
])('what WASI 0.3 has is bad data, by its name: %s', async (_, body) => {
  expect(await refusal(`(component ${body} ${EXPORTED})`)).toEqual({
    code: 'not-a-component',
    message: 'cannot run "PATH": it uses functions of WASI 0.3',
  });
});

test.each([
  ['maps', '(type (map string u8))'],
  ['lists of a fixed length', '(type (list u8 4))'],
  ['resources whose numbers have 64 bits', '(type (resource (rep i64)))'],
  ['types of continuations', '(core module (type $f (func)) (type (cont $f)))'],
  ['memories with pages of another size', '(core module (memory 1 (pagesize 1)))'],
])('what is younger than WASI 0.2 is bad data, by its name: %s', async (name, body) => {
  expect(await refusal(`(component ${body} ${EXPORTED})`)).toEqual({
    code: 'not-a-component',
    message: `cannot run "PATH": it uses ${name}`,
  });
});

test('more instances than there may be are told where nothing is run as well', async () => {
  const bytes = await componentOf(
    `(component (core module $m) ${'(core instance (instantiate $m))'.repeat(1001)})`,
  );
  expect(() => explainComponent(requestOf(bytes).path, false)).toThrow(
    expect.objectContaining({
      code: 'trapped',
      message: expect.stringMatching(/: it makes more than 1000 instances of modules$/),
    }),
  );
});

/** What is given as the file of a component, and runs beside one another. */
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { guest } from '../support/guests.js';
import { componentOf } from '../support/hostile-guest.js';
import { expectRefusal } from '../support/refusal.js';
import { Shell } from '../support/shell.js';

describe('a file that is no component is refused, with a time limit and without:', () => {
  test.each([
    ['an endless device', 'ln -s /dev/zero x', 6, 'it is neither a file nor a pipe'],
    ['a pipe to which nobody writes', 'mkfifo x', 4, 'it is not WebAssembly'],
    ['a sparse file of 2 GB', 'truncate -s 2G x', 4, 'it is larger than 134217728 bytes'],
    ['a folder', 'mkdir x', 6, 'it is a directory'],
    ['nothing', ': > x', 4, 'it is not WebAssembly'],
    ['text', 'echo text > x', 4, 'it is not WebAssembly'],
    ['a module', "printf '\\0asm\\1\\0\\0\\0' > x", 4, 'it is a core module, not a component'],
    [
      'a component of a later version',
      "printf '\\0asm\\x0e\\0\\1\\0' > x",
      4,
      'it is a component of a version this kv does not know',
    ],
    [
      'a component that is cut off',
      `head -c 1000 ${guest('count')} > x`,
      4,
      'it is damaged, or cut off',
    ],
  ])('%s', async (_, make, status, state) => {
    const shell = new Shell();
    await shell.succeed(make);
    for (const options of ['', '--timeout 5s']) {
      const message = `cannot run "x": ${state}`;
      const ended = await shell.run(`kv run x ${options}`);
      expectRefusal(ended, { status, message, hint: 'perhaps' });
    }
  });
});

test('a pipe whose writer says nothing is given up when the time is over', async () => {
  const ended = await new Shell().run(
    'mkfifo x; sleep 60 > x & kv run x --timeout 300ms; status=$?; kill %1; exit $status',
  );
  expectRefusal(ended, {
    status: 5,
    message: 'cannot run "x": it was stopped after 300 ms',
  });
});

test('where the stack is too small for calls in calls nothing is run', async () => {
  const run = `kv run ${guest('count')}`;
  const ended = await new Shell().run(`ulimit -s 1000; ${run}; echo $?; ulimit -S -s 900; ${run}`);
  expect([ended.status, ended.text]).toEqual([6, '6\n']);
  expect(ended.stderr).toMatch(/the limit on the stack is too low for it\n.*ulimit -s 1536/);
});

test('eight first runs at once count to eight', async () => {
  const shell = new Shell();
  copyFileSync(guest('count'), join(shell.folder, 'x.wasm'));
  const text = await shell.succeed(
    'for i in {1..8}; do kv run x.wasm > out$i & done; wait; cat out?',
  );
  const counted = [...text.matchAll(/run (\d)/g)].map(([, count]) => Number(count));
  expect(counted.sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test('a bucket is granted under the empty name', async () => {
  const shell = new Shell();
  const bytes = await componentOf(`(component $C
    (import "wasi:keyvalue/wasi-keyvalue-error@0.2.0-draft" (instance $e (export "error" (type (sub resource)))))
    (alias export $e "error" (type $error))
    (import "wasi:keyvalue/types@0.2.0-draft" (instance $t
      (alias outer $C $error (type $error)) (export "bucket" (type $b (sub resource)))
      (export "[static]bucket.open-bucket"
        (func (param "name" string) (result (result (own $b) (error (own $error))))))))
    (core module $l (memory (export "memory") 1))
    (core instance $libc (instantiate $l))
    (alias core export $libc "memory" (core memory $memory))
    (core func $open (canon lower (func $t "[static]bucket.open-bucket") (memory $memory)))
    (core instance $host (export "open" (func $open)))
    (core module $m (import "libc" "memory" (memory 1))
      (import "host" "open" (func $open (param i32 i32 i32)))
      (func (export "run") (result i32) (call $open (i32.const 0) (i32.const 0) (i32.const 8))
        (i32.load8_u (i32.const 8))))
    (core instance $i (instantiate $m (with "libc" (instance $libc)) (with "host" (instance $host))))
    (func $run (result (result)) (canon lift (core func $i "run")))
    (instance $r (export "run" (func $run))) (export "wasi:cli/run@0.2.0" (instance $r)))`);
  writeFileSync(join(shell.folder, 'x.wasm'), bytes);
  const ended = await shell.run('kv run x.wasm -b =default; echo $?; kv run x.wasm; echo $?');
  expect([ended.text, ended.stderr]).toEqual(['0\n1\n', '']);
});

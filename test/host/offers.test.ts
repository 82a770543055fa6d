import { expect, test } from 'vitest';
import { answerTo, isRun } from '../../src/host/offers.js';

test.each([
  ['wasi:keyvalue/eventual-batch@0.2.0-draft', 'given'],
  ['wasi:io/streams@0.2.0', 'given'],
  ['wasi:io/streams@0.2.12', 'given'],
  ['wasi:cli/terminal-stdout@0.2.3', 'given'],
  ['wasi:random/insecure-seed@0.2.1', 'given'],
  ['wasi:filesystem/types@0.2.3', 'denied'],
  ['wasi:sockets/tcp@0.2.0', 'denied'],
  ['wasi:http/outgoing-handler@0.2.0', 'denied'],
  ['wasi:keyvalue/store@0.2.0-draft2', 'refused'],
  ['wasi:keyvalue/eventual@0.1.0', 'refused'],
  ['wasi:io/streams@0.3.0', 'refused'],
  ['wasi:io/streams@0.2.0-rc-2023-11-10', 'refused'],
  ['wasi:io/streams', 'refused'],
  ['wasi:filesystem/types@0.3.0', 'refused'],
  ['evil:wasi:io/streams@0.2.0', 'refused'],
  ['my:own/thing', 'refused'],
])('the answer to the import of %s: %s', (name, answer) => {
  expect(answerTo(name)).toBe(answer);
});

test.each([
  ['wasi:cli/run@0.2.0', true],
  ['wasi:cli/run@0.2.99', true],
  ['wasi:cli/run@0.3.0', false],
  ['run', false],
])('%s is what is run: %s', (name, expected) => {
  expect(isRun(name)).toBe(expected);
});

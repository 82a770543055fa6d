import { expect, test } from 'vitest';
import { answerTo, isRun, otherVersions } from '../../src/host/offers.js';

test.each([
  ['wasi:keyvalue/eventual-batch@0.2.0-draft', 'given'],
  ['wasi:io/streams@0.2.0', 'given'],
  ['wasi:io/streams@0.2.12', 'given'],
  ['wasi:io/streams@0.2', 'given'],
  ['wasi:io/streams@0.20', 'refused'],
  ['wasi:cli/terminal-stdout@0.2.3', 'given'],
  ['wasi:random/insecure-seed@0.2.1', 'given'],
  ['wasi:filesystem/types@0.2.3', 'denied'],
  ['wasi:sockets/tcp@0.2.0', 'denied'],
  ['wasi:http/outgoing-handler@0.2.0', 'denied'],
  ['wasi:keyvalue/store@0.2.0-draft', 'given'],
  ['wasi:keyvalue/store@0.2.0-draft2', 'given'],
  ['wasi:keyvalue/store@0.2.0-draft3', 'refused'],
  ['wasi:keyvalue/types@0.2.0-draft2', 'refused'],
  ['wasi:keyvalue/eventual@0.1.0', 'given'],
  ['wasi:keyvalue/cache@0.1.0', 'given'],
  ['wasi:keyvalue/cache@0.2.0-draft', 'refused'],
  ['wasi:keyvalue/store@0.1.0', 'refused'],
  ['wasi:config/store@0.2.0-rc.1', 'denied'],
  ['wasi:config/store@0.2.0-rc.2', 'refused'],
  ['wasi:io/streams@0.3.0', 'refused'],
  ['wasi:io/streams@0.2.0-rc-2023-11-10', 'refused'],
  ['wasi:io/streams', 'refused'],
  ['wasi:filesystem/types@0.3.0', 'refused'],
  ['evil:wasi:io/streams@0.2.0', 'refused'],
  ['my:own/thing', 'refused'],
])('the answer to the import of %s: %s', (name, answer) => {
  expect(answerTo(name)).toBe(answer);
});

test('wasi:config is given where there are settings', () => {
  expect(answerTo('wasi:config/store@0.2.0-draft', true)).toBe('given');
});

test.each([
  ['wasi:keyvalue/store@0.3.0', '0.2.0-draft and 0.2.0-draft2'],
  ['wasi:keyvalue/types@0.2.0-draft2#bucket', '0.2.0-draft and 0.1.0'],
  ['wasi:io/streams@0.3.0', '0.2'],
  ['wasi:io/streams@0.2.0#no-such-function', undefined],
  ['my:own/thing@1.0.0', undefined],
])('other versions of %s that are offered: %s', (name, versions) => {
  expect(otherVersions(name)).toBe(versions);
});

test.each([
  ['wasi:cli/run@0.2.0', true],
  ['wasi:cli/run@0.2.99', true],
  ['wasi:cli/run@0.2', true],
  ['wasi:cli/run@0.3.0', false],
  ['run', false],
])('%s is what is run: %s', (name, expected) => {
  expect(isRun(name)).toBe(expected);
});

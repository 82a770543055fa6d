import { openSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ioError } from '../src/errors.js';

it.each([
  ["ENXIO: no such device or address, open '/dev/tty'", 'no such device or address'],
  ["ENOTEMPTY: directory not empty, rename 'a' -> 'b, c'", 'directory not empty'],
  ['EAGAIN: resource temporarily unavailable, read', 'resource temporarily unavailable'],
  ['told otherwise', 'told otherwise'],
])('ioError() says of "%s" what the system says', (message, state) => {
  const cause = Object.assign(new Error(message), { syscall: 'open' });
  expect(ioError('try', cause).message).toBe(`cannot try: ${state}`);
});

it('ioError() says so of what Node throws, and has its own words for the usual', () => {
  const of = (work: () => unknown) => {
    try {
      work();
      return undefined;
    } catch (error) {
      return ioError('try', error).message;
    }
  };
  expect(of(() => openSync('/dev/null/x', 'r'))).toBe(
    'cannot try: a part of the path is not a directory',
  );
});

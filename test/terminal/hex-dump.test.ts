import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hexDump } from '../../src/terminal/hex-dump.js';

it('looks like hexdump -C', () => {
  expect(hexDump(Buffer.from('Hello, world!\n\x00\x1b[31m\xff', 'latin1'))).toBe(
    '00000000  48 65 6c 6c 6f 2c 20 77  6f 72 6c 64 21 0a 00 1b  |Hello, world!...|\n' +
      '00000010  5b 33 31 6d ff                                    |[31m.|\n',
  );
});

it('of no bytes is empty', () => {
  expect(hexDump(new Uint8Array())).toBe('');
});

it('counts from the offset that it is given', () => {
  expect(hexDump(new Uint8Array(17), 0x1_2345_6789)).toMatch(/^123456789 .*\n123456799 .*\n$/);
});

it('fits in 80 columns of printable ASCII and gives the bytes back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(2 ** 40), (bytes, offset) => {
      const lines = hexDump(bytes, offset).split('\n').slice(0, -1);
      for (const line of lines) expect(line).toMatch(/^[ -~]{1,80}$/);
      const hex = lines.map((line) => line.replace(/^[0-9a-f]+ {2}(.{48}) .*$/, '$1')).join('');
      expect(hex.replaceAll(' ', '')).toBe(Buffer.from(bytes).toString('hex'));
    }),
  );
});

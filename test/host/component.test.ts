import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readComponent } from '../../src/host/component.js';
import { codeOf } from '../support/error-code.js';
import { guestBytes } from '../support/guests.js';

const read = (bytes: Uint8Array) => readComponent(bytes, 'read it');

describe('readComponent()', () => {
  test('gives the names of imports and exports, in their order', () => {
    expect(read(guestBytes('count'))).toEqual({
      imports: [
        'wasi:io/error@0.2.0',
        'wasi:io/poll@0.2.0',
        'wasi:io/streams@0.2.0',
        'wasi:keyvalue/wasi-keyvalue-error@0.2.0-draft',
        'wasi:keyvalue/types@0.2.0-draft',
        'wasi:keyvalue/atomic@0.2.0-draft',
        'wasi:cli/stdout@0.2.1',
      ],
      exports: ['wasi:cli/run@0.2.1'],
    });
  });

  test('takes what a compiler with a C library and an adapter makes', () => {
    const { imports, exports } = read(guestBytes('probe'));
    expect(imports).toContain('wasi:sockets/tcp-create-socket@0.2.12');
    expect(exports).toEqual(['wasi:cli/run@0.2.12']);
  });

  test.each([
    ['text', Buffer.from('#!/bin/sh\n'), /it is not WebAssembly$/],
    ['nothing', Buffer.alloc(0), /it is not WebAssembly$/],
    ['a core module', Buffer.from('\0asm\x01\0\0\0'), /a module of core WebAssembly, not a compon/],
    ['a later version', Buffer.from('\0asm\x0e\0\x01\0'), /of a version this kv does not know$/],
    ['a cut component', guestBytes('count').subarray(0, 1000), /it is damaged, or cut off$/],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => read(bytes)).toThrow(message);
    expect(codeOf(() => read(bytes))).toBe('not-a-component');
  });

  test('comes to an end of whatever bytes, with names or a refusal', () => {
    const whole = guestBytes('tally');
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (position, byte) => {
        const bytes = Buffer.from(whole);
        bytes[position] = byte;
        expect([undefined, 'not-a-component']).toContain(codeOf(() => read(bytes)));
      }),
      { numRuns: 2000 },
    );
  });
});

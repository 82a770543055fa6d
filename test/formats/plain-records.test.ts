import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadFormat } from '../../src/formats/index.js';
import { spanOf } from '../support/record-span.js';

/** Text in which each kind of byte is about as likely. */
const text = fc
  .array(fc.constantFrom(...'abcXYZ019 !#[]~^,;\t"\\\n\r\x00\x1f\x7f'), { maxLength: 12 })
  .map((characters) => characters.join(''));

test.each(['ndjson', 'csv', 'tsv', 'mdb'] as const)(
  '%s writes a plain record as it writes any other, or leaves it alone',
  async (name) => {
    const { encoder } = await loadFormat(name);
    fc.assert(
      fc.property(text, text, fc.nat(7), (key, value, offset) => {
        const [plain, any, none] = [encoder!(), encoder!(), encoder!()];
        const { bytes, ...places } = spanOf(key, value, offset);
        const records = { count: 1, bytes, places: Int32Array.from(Object.values(places)) };
        const isPlain = plain.addPlain(records, 0) === 1;
        any.add(key, Buffer.from(value));
        expect(plain.end().toString()).toBe((isPlain ? any : none).end().toString());
        if (/^[\w ]*$/.test(key + value)) expect(isPlain).toBe(true);
      }),
      { numRuns: 1000 },
    );
  },
);

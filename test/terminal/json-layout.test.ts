import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layOutJson } from '../../src/terminal/json-layout.js';
import { controls } from '../support/odd-text.js';

describe('layOutJson()', () => {
  it('breaks and indents', () => {
    expect(layOutJson('{"a":[1,{"b":null}],"c":{},"d":[ ]}')).toBe(
      '{\n  "a": [\n    1,\n    {\n      "b": null\n    }\n  ],\n  "c": {},\n  "d": []\n}\n',
    );
  });

  it('leaves numbers and strings as they are', () => {
    const json = '{"a":12345678901234567890.10,"a":"\\u0041\\\\\\"{,"}';
    expect(layOutJson(json)).toBe(
      '{\n  "a": 12345678901234567890.10,\n  "a": "\\u0041\\\\\\"{,"\n}\n',
    );
  });

  it('escapes what a terminal obeys', () => {
    expect(layOutJson('"\x7f\x9b\u202e"')).toBe('"\\u007f\\u009b\\u202e"\n');
  });

  it('returns undefined for what is no JSON', () => {
    for (const text of ['', '{', '{a:1}', '[1,]', '"\x1b"'])
      expect(layOutJson(text)).toBeUndefined();
  });

  it('takes any depth, and grows no faster than the value does', () => {
    const deep = 300_000;
    const laidOut = layOutJson('['.repeat(deep) + ']'.repeat(deep))!;
    expect(laidOut.length).toBeLessThan(300 * deep);
    expect(laidOut.replace(/\s/g, '').length).toBe(2 * deep);
  });

  it('takes a string of any length', () => {
    const json = `["${'\\\\x'.repeat(1_000_000)}"]`;
    expect(layOutJson(json)?.length).toBe(json.length + 5);
  });

  it('gives the same value, laid out as JSON.stringify does, and no control character', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        const laidOut = layOutJson(json)!;
        expect(JSON.parse(laidOut)).toEqual(JSON.parse(json));
        expect(laidOut).not.toMatch(controls);
        expect(layOutJson(laidOut)).toBe(laidOut);
      }),
    );
  });
});

import { describe, expect, test } from 'vitest';
import { guest } from '../support/guests.js';
import { kvInMemory } from '../support/run-command.js';

describe('kv run --explain', () => {
  test('lists each import with its answer, and the grants', async () => {
    const { text, outcome } = await kvInMemory()([
      'run',
      guest('unknown'),
      '--explain',
      ...['-b', 'in=photos:ro', '--bucket', 'small'],
    ]);
    expect(text.split('\n')).toEqual([
      'import wasi:io/error@0.2.0: given',
      'import wasi:io/poll@0.2.0: given',
      'import wasi:io/streams@0.2.0: given',
      'import test:guests/ends: not offered; the component is not run',
      'import wasi:cli/stdout@0.2.1: given',
      'bucket "in": "photos", to read',
      'bucket "small": "small", to read and write',
      '',
    ]);
    expect(outcome).toBe(0);
  });

  test('of what toolchains always import says that it is denied', async () => {
    const { text } = await kvInMemory()(['run', guest('probe'), '--explain']);
    expect(text).toContain('import wasi:filesystem/types@0.2.12: denied; ');
    expect(text).toContain('bucket "default": "default", to read and write\n');
  });

  test('with --json is one object', async () => {
    const words = ['run', guest('tally'), '--explain', '--json', '--read-only'];
    const { imports, grants } = JSON.parse((await kvInMemory()(words)).text);
    expect(imports[0]).toEqual({
      name: 'wasi:keyvalue/wasi-keyvalue-error@0.2.0-draft',
      answer: 'given',
    });
    expect(grants).toEqual([{ guest: 'default', bucket: 'default', readOnly: true }]);
  });
});

describe('kv run refuses', () => {
  test.each([
    ['--bucket guest=', /a name is missing/],
    ['--bucket :ro', /a name is missing/],
    ['--bucket =:ro', /a name is missing/],
    ['-b a=x -b a=y', 'two buckets are granted under the name "a"'],
    ['--timeout soon', /is not a length of time/],
    ['--timeout 0', /is not a length of time/],
    ['--max-memory much', /is not a size/],
  ])('%s as a mistake of usage', async (words, message) => {
    const { error, outcome } = await kvInMemory()(`run ${guest('tally')} ${words}`);
    expect(error?.message).toMatch(message);
    expect(outcome).toBe(2);
  });

  test('a bucket that is not there, before anything is run', async () => {
    const { error, outcome } = await kvInMemory()(`run ${guest('tally')} -b default=nowhere`);
    expect(error?.message).toBe('cannot open bucket "nowhere": there is no such bucket');
    expect(outcome).toBe(6);
  });
});

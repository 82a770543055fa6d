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
      'export wasi:cli/run@0.2.1',
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

  test('names the variables and settings that it is given, and not their values', async () => {
    const kv = kvInMemory();
    const words = ['run', guest('settings'), '--explain'];
    expect((await kv(words)).text).toContain('import wasi:config/store@0.2.0-rc.1: denied; ');
    const given = ['--env', 'A=secret', '--config', 'port=80', '--config', 'port=81'];
    const { text } = await kv([...words, ...given]);
    expect(text).toContain('import wasi:config/store@0.2.0-rc.1: given\n');
    expect(text).toContain('env A\nconfig port\nbucket ');
    const { exports, env, config } = JSON.parse((await kv([...words, ...given, '--json'])).text);
    expect([exports, env, config]).toEqual([['wasi:cli/run@0.2.1'], ['A'], ['port']]);
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

test.each<[string, string, string, boolean]>([
  ['app', 'app', 'app', false],
  ['app:ro', 'app', 'app', true],
  ['a=b', 'a', 'b', false],
  ['a=b:ro', 'a', 'b', true],
  ['=app', '', 'app', false],
  ['=app:ro', '', 'app', true],
  // The first = ends the guest's name, and only the last :ro is none of the bucket's.
  ['a=b=c', 'a', 'b=c', false],
  ['==', '', '=', false],
  ['a=b:ro:ro', 'a', 'b:ro', true],
  ['a:ro=b', 'a:ro', 'b', false],
  ['a=b:rw', 'a', 'b:rw', false],
  ['a=b:RO', 'a', 'b:RO', false],
  ['a= b ', 'a', ' b ', false],
])('kv run -b %j grants under "%s" the bucket "%s"', async (words, guestName, bucket, readOnly) => {
  const { text } = await kvInMemory()(['run', guest('tally'), '--explain', '--json', '-b', words]);
  expect(JSON.parse(text).grants).toEqual([{ guest: guestName, bucket, readOnly }]);
});

describe('kv run refuses', () => {
  test.each([
    ['--bucket guest=', /a name is missing/],
    ['--bucket :ro', /a name is missing/],
    ['--bucket =:ro', /a name is missing/],
    ['--bucket=', /a name is missing/],
    ['--bucket =', /a name is missing/],
    ['-b a=x -b a=y', 'two buckets are granted under the name "a"'],
    ['-b a -b a=y:ro', 'two buckets are granted under the name "a"'],
    ['-b =x -b =y', 'two buckets are granted under the name ""'],
    ['--timeout soon', /is not a length of time/],
    ['--timeout 0', /is not a length of time/],
    ['--max-memory much', /is not a size/],
    ['--config port', '"port" is not of the form NAME=V'],
    ['--config =80', '"=80" is not of the form NAME=V'],
    ['--env =80', '"=80" is not of the form NAME=V'],
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

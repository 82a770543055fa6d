import { describe, expect, test } from 'vitest';
import {
  formatNames,
  formatOfFile,
  loadFormat,
  streamFormatNames,
  writtenFormatNames,
} from '../../src/formats/index.js';

describe('the format of a file', () => {
  test.each([
    ['users.ndjson', 'ndjson'],
    ['/tmp/users.backup.JSONL', 'ndjson'],
    ['users.json', 'json'],
    ['dir.json/users.csv', 'csv'],
    ['users.tsv', 'tsv'],
    ['users.tab', 'tsv'],
    ['store.mdb', 'mdb'],
    ['store.dump', 'mdb'],
    ['users.txt', undefined],
    ['users', undefined],
    ['.csv', undefined],
    ['-', undefined],
    ['users.csv.gz', undefined],
  ])('called %s is %s', (path, name) => {
    expect(formatOfFile(path)).toBe(name);
  });
});

test('every format is read, and those that say so are written', async () => {
  expect(formatNames).toEqual(['ndjson', 'json', 'csv', 'tsv', 'mdb', 'files']);
  for (const name of streamFormatNames) {
    const format = await loadFormat(name);
    expect(format.decoder).toBeTypeOf('function');
    expect(format.encoder !== undefined).toBe(writtenFormatNames.includes(name));
  }
});

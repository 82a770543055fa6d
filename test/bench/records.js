/** The records that batches are measured with: keys `user:%010d`, values of 37 bytes. */

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';

/** One file of all records, a line each, written by `line(key, value)`; shuffled where it is asked. */
export async function writeRecords(
  path,
  count,
  line,
  { shuffled = false, head = '', tail = '' } = {},
) {
  const file = createWriteStream(path, { highWaterMark: 1 << 20 });
  file.write(head);
  const step = shuffled ? strideFor(count) : 1;
  let lines = [];
  for (
    let position = 0, number = 0;
    position < count;
    position++, number = (number + step) % count
  ) {
    lines.push(line(keyOf(number), valueOf(number)));
    if (lines.length === 10_000 || position === count - 1) {
      if (!file.write(lines.join(''))) await once(file, 'drain');
      lines = [];
    }
  }
  file.end(tail);
  await once(file, 'close');
  return path;
}

/** The same records in the formats of the tools that are compared. */
export async function writeAll(folder, count, options = {}) {
  const file = (name) => join(folder, `${options.shuffled ? 'shuffled' : 'sorted'}.${name}`);
  return {
    ndjson: await writeRecords(
      file('ndjson'),
      count,
      (key, value) => `{"key":"${key}","value":"${value}"}\n`,
      options,
    ),
    csv: await writeRecords(file('csv'), count, (key, value) => `${key},${value}\n`, {
      ...options,
      head: 'key,value\n',
    }),
    mdb: await writeRecords(file('mdb'), count, (key, value) => ` ${key}\n ${value}\n`, {
      ...options,
      head: 'VERSION=3\nformat=print\ntype=btree\nmapsize=4294967296\nHEADER=END\n',
      tail: 'DATA=END\n',
    }),
    redis: await writeRecords(
      file('redis'),
      count,
      (key, value) =>
        `*3\r\n$3\r\nSET\r\n$${key.length}\r\n${key}\r\n$${value.length}\r\n${value}\r\n`,
      options,
    ),
  };
}

export function keyOf(number) {
  return `user:${String(number).padStart(10, '0')}`;
}

export function valueOf(number) {
  return `value-${String(number).padStart(31, '0')}`;
}

/** A step that goes through all numbers below `count`, in no order that a tree could like. */
function strideFor(count) {
  const divides = (a, b) => (b === 0 ? a === 1 : divides(b, a % b));
  for (let step = Math.floor(count * 0.618_033_988_75); ; step++)
    if (divides(count, step)) return step;
}

import { isoTime, report } from '../answers/answer.js';
import { defineCommand } from '../command.js';
import { absentKey, exitCodes } from '../errors.js';
import { parseExpiry } from '../line/time.js';
import { relativeTime } from '../terminal/quantities.js';

export const command = defineCommand({
  name: 'expire',
  summary: 'Set when a key expires, or that it never does',
  details: `From then on it is absent for every verb, listing, count, export and component. WHEN is how long from now
(90s, 15m, 1h30m, 7d), a time (2026-11-26T12:00:00Z, 2026-11-26), or "never". With a time that is past the
key is deleted. Set clears it unless --keep-ttl; incr, decr, cas and edit keep it; copy and rename carry
it.`,
  access: 'change',
  sharesTransaction: true,
  arguments: [
    { name: 'key', summary: 'the key', completes: 'key' },
    {
      name: 'when',
      summary: 'how long from now, a time up to the year 9999, or never',
      completes: ['never'],
    },
  ],
  options: {},
  examples: [
    { line: 'kv expire session/42 30m', summary: 'in half an hour' },
    { line: 'kv expire offer 2026-12-24T18:00:00+01:00', summary: 'at a time' },
    { line: 'kv expire offer never', summary: 'stays' },
  ],
  exits: { [exitCodes.no]: 'there is no such key' },

  async run(context, { key, when }) {
    const now = Date.now();
    const expires = parseExpiry(when, now);
    if (!context.keyvalue.records.expire(context.bucketToWrite(), key, expires)) {
      throw absentKey(`expire "${key}"`);
    }
    const time = expires === undefined ? null : isoTime(expires);
    await report(context, { key, expires: time }, remarkOf(key, expires, now));
  },
});

function remarkOf(key: string, expires: number | undefined, now: number): string {
  if (expires === undefined) return `"${key}" never expires`;
  return expires <= now ? `deleted "${key}"` : `"${key}" expires ${relativeTime(expires, now)}`;
}

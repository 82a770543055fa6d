/** The expiry of an imported record, from its members or columns. */
import type { Context } from '../context.js';
import { asKvError } from '../errors.js';
import type { ExpiryFields } from '../formats/format.js';
import { timeOf } from '../line/time.js';

/** In ms since the Unix epoch, or the reason why it is invalid; durations count from `now`. */
export function expiresOf(
  { keyvalue }: Context,
  fields: ExpiryFields,
  now: number,
): number | string {
  const given = Object.entries(fields) as [keyof ExpiryFields, string][];
  const [[name, text], second] = given as [(typeof given)[0], ...typeof given];
  if (second) return `both "${name}" and "${second[0]}" say when it expires`;
  const expires = momentOf(name, text, now);
  if (expires === undefined) return `"${name}" is no ${kinds[name]}`;
  try {
    keyvalue.records.checkExpires(expires);
    return expires;
  } catch (thrown) {
    return `"${name}": ${asKvError(thrown).message}`;
  }
}

const kinds: Readonly<Record<keyof ExpiryFields, string>> = {
  expires: 'time such as 2026-11-26T12:00:00Z',
  ttl: 'number of seconds above 0',
  expiration: 'number of seconds since 1970',
  expiration_ttl: 'number of seconds above 0',
};

function momentOf(name: keyof ExpiryFields, text: string, now: number): number | undefined {
  if (name === 'expires') return timeOf(text);
  if (!/^\d+(?:\.\d+)?$/.test(text)) return undefined;
  const milliseconds = Math.ceil(Number(text) * 1000);
  if (name === 'expiration') return milliseconds;
  return milliseconds > 0 ? now + milliseconds : undefined;
}

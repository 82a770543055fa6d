/**
 * Hands over JSON objects of which one chosen member is the key, and another, or the whole object,
 * is the value: rows of other programs.
 */
import { decodeBase64 } from '../bytes/base64.js';
import { Scratch } from '../bytes/scratch.js';
import { expiryNames, quoted, type ReadOptions, type RecordSink } from '../format.js';
import { expiryIn, malformedBase64, membersOf, parseObject, unknownMember } from './record.js';

/** Where a member's value stands in the object, and what it is. */
interface Member {
  readonly text: string;
  readonly value: unknown;
}

export class JsonChosenRecord {
  readonly #sink: RecordSink;
  readonly #readOptions: ReadOptions;
  readonly #scratch = new Scratch();

  constructor(sink: RecordSink, readOptions: ReadOptions) {
    this.#sink = sink;
    this.#readOptions = readOptions;
  }

  /** Hands the record over, or returns the reason to reject it. */
  read(at: number, bytes: Buffer, start: number, end: number): string | undefined {
    const object = parseObject(bytes, start, end);
    if (typeof object === 'string') return object;
    const text = bytes.toString('utf8', start, end);
    const members = new Map<string, Member>();
    for (const place of membersOf(bytes.subarray(start, end))) {
      const { name } = place;
      if (members.has(name) && this.#isKnown(name)) return `${quoted(name)} is there twice`;
      const own = bytes.toString('utf8', start + place.start, start + place.end);
      members.set(name, { text: own, value: JSON.parse(own) });
    }
    const key = this.#key(members);
    if (key.reason !== undefined) return key.reason;
    const value = this.#value(members, text);
    if (value.reason !== undefined) return value.reason;
    const isWhole = value.text === text;
    const unknown = isWhole ? [] : this.#unknown(members);
    if (unknown.length > 0 && this.#sink.unknownMembers(at, unknown)) return unknownMember(unknown);
    const expiry = isWhole ? undefined : expiryIn(object);
    if (typeof expiry === 'string') return expiry;
    const expires = expiry && this.#sink.expiresOf(expiry);
    if (typeof expires === 'string') return expires;
    return this.#handOver(at, key.text, value, expires);
  }

  #handOver(
    at: number,
    key: string,
    { text, base64 }: Value,
    expires: number | undefined,
  ): string | undefined {
    const out = this.#scratch.room(Buffer.byteLength(key) + Buffer.byteLength(text));
    const keyEnd = out.write(key);
    let valueEnd = keyEnd + out.write(text, keyEnd);
    if (base64) {
      const length = decodeBase64(out, keyEnd, valueEnd, out, keyEnd);
      if (length === -1) return malformedBase64;
      valueEnd = keyEnd + length;
    }
    const span = { bytes: out, keyStart: 0, keyEnd, valueStart: keyEnd, valueEnd };
    this.#sink.record(at, span, expires);
    return undefined;
  }

  #key(members: ReadonlyMap<string, Member>): { text: string; reason?: string } {
    const name = this.#readOptions.key ?? 'key';
    const member = members.get(name);
    if (member === undefined) return { text: '', reason: `no ${quoted(name)}` };
    const { value, text } = member;
    if (typeof value === 'number') return { text };
    if (typeof value !== 'string') {
      return { text, reason: `${quoted(name)} is neither a text nor a number` };
    }
    if (!value.isWellFormed()) return { text, reason: `a lone surrogate in ${quoted(name)}` };
    return { text: value };
  }

  #value(members: ReadonlyMap<string, Member>, whole: string): Value {
    const { key, value: chosen, row = false, base64 = false } = this.#readOptions;
    if (row && key !== undefined && chosen === undefined) return { text: whole, base64: false };
    const name = chosen ?? 'value';
    const member = members.get(name);
    const none = { text: '', base64: false };
    if (member === undefined) return { ...none, reason: `no ${quoted(name)}` };
    const { value, text } = member;
    if (typeof value !== 'string') {
      return row ? { text, base64: false } : { ...none, reason: `${quoted(name)} is not a string` };
    }
    if (!value.isWellFormed()) return { ...none, reason: `a lone surrogate in ${quoted(name)}` };
    const flag = members.get('base64')?.value ?? false;
    if (typeof flag !== 'boolean') return { ...none, reason: '"base64" is not true or false' };
    return { text: value, base64: base64 || flag };
  }

  /** The names of members that are not used; Consul's flags count only if they are set. */
  #unknown(members: ReadonlyMap<string, Member>): string[] {
    const others = [...members].filter(([name]) => !this.#isKnown(name));
    return others.flatMap(([name, { value }]) => (name === 'flags' && value === 0 ? [] : [name]));
  }

  #isKnown(name: string): boolean {
    const { key = 'key', value = 'value' } = this.#readOptions;
    const known: readonly string[] = [key, value, 'base64', ...expiryNames];
    return known.includes(name);
  }
}

interface Value {
  readonly text: string;
  readonly base64: boolean;
  readonly reason?: string;
}

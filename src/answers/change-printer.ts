/** Prints what a watch tells: a line for each change. */
import type { Answering, Change, RecordChange, Watch } from '../context.js';
import { escapedBytes } from '../terminal/escaped-bytes.js';
import { humanSize } from '../terminal/quantities.js';
import { escapeKey, visibleJson, visibleLine } from '../terminal/visible.js';
import { expiresMember, isoTime } from './answer.js';
import { LineWriter } from './line-writer.js';
import { valueMembers } from './record-answer.js';
import { piecesOfValue } from './value-pieces.js';

/** The largest value that is printed, in bytes: the value is assembled in memory. */
const VALUE_LIMIT_BYTES = 64 * 1024 * 1024;

const roles = { set: 'done', delete: 'error', expire: 'warning' } as const;

/** Characters of the longest name of an event. */
const EVENT_CHARACTERS = 6;

export class ChangePrinter {
  readonly #context: Answering;
  readonly #watch: Watch;
  readonly #withValues: boolean;
  readonly #lines: LineWriter;

  constructor(context: Answering, watch: Watch, withValues: boolean) {
    this.#context = context;
    this.#watch = watch;
    this.#withValues = withValues;
    this.#lines = new LineWriter(context);
  }

  /**
   * Prints up to `limit` changes, and resolves to the number printed. A change whose value is gone
   * already is skipped, as the next change reports the new value. A notice of missed changes does
   * not count.
   */
  async print(changes: readonly Change[], limit: number): Promise<number> {
    let printed = 0;
    for (const change of changes) {
      if (printed >= limit) break;
      const line = change.kind === 'missed' ? this.#missedLine(change) : this.#line(change);
      if (line === undefined) continue;
      await this.#lines.write(line);
      if (change.kind !== 'missed') printed++;
    }
    await this.#lines.end();
    return printed;
  }

  #line(change: RecordChange): string | undefined {
    const { entry, kind, time } = change;
    const isAsked = this.#withValues && kind === 'set' && entry.size <= VALUE_LIMIT_BYTES;
    const value = isAsked ? this.#valueOf(change) : undefined;
    if (isAsked && value === undefined) return undefined;
    const { settings, terminal } = this.#context;
    const { key, size, version } = entry;
    if (settings.json) {
      const members = { ...(value && valueMembers(value)), size, version, time: isoTime(time) };
      return visibleJson({ event: kind, key, ...members, ...expiresMember(entry.expires) });
    }
    const keyText = this.#lines.keyText(key);
    const { isTerminal, style } = terminal.stdout;
    const escape = isTerminal ? visibleLine : escapeKey;
    const end = value ? `\t${[...escapedBytes([value], escape)].join('')}` : '';
    if (!isTerminal) return [kind, size, version, isoTime(time), keyText].join('\t') + end;
    const event = style[roles[kind]](kind.padEnd(EVENT_CHARACTERS));
    const facts = style.detail(`(${humanSize(size)}, v${version})`);
    return `${style.detail(clockTime(time))}  ${event}  ${keyText}  ${facts}${end}`;
  }

  #missedLine({ since, time }: Change & { kind: 'missed' }): string {
    const { settings, terminal } = this.#context;
    if (settings.json) {
      return visibleJson({ event: 'missed', since: isoTime(since), time: isoTime(time) });
    }
    const { isTerminal, style } = terminal.stdout;
    if (!isTerminal) return ['missed', '-', '-', isoTime(time), ''].join('\t');
    const state = `what was deleted or has expired since ${clockTime(since)}`;
    return `${style.detail(clockTime(time))}  ${style.warning('missed')}  ${state}`;
  }

  #valueOf(change: RecordChange): Buffer | undefined {
    const value = this.#watch.value(change);
    try {
      return value && Buffer.concat([...piecesOfValue(value)]);
    } finally {
      value?.close();
    }
  }
}

/** The local time of day. */
function clockTime(time: number): string {
  return new Date(time).toTimeString().slice(0, 8);
}

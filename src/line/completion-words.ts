/** What the completion scripts of all shells have in common: which words may stand where. */
import type { Command, Completes, Option } from '../command.js';
import { groupOf } from './verbs.js';

/** Where the words that may stand in a place come from. */
export type Source =
  | { readonly kind: 'files' }
  | { readonly kind: 'verbs' }
  | { readonly kind: 'words'; readonly words: readonly string[] }
  /** Asked for when the key is pressed: `kv __complete`. */
  | { readonly kind: 'stored'; readonly what: 'key' | 'bucket' }
  | { readonly kind: 'nothing' };

/** The source for what an argument or a value stands for. */
export function sourceOf(completes: Completes | undefined): Source {
  switch (completes) {
    case 'file':
      return { kind: 'files' };
    case 'verb':
      return { kind: 'verbs' };
    case 'key':
    case 'bucket':
      return { kind: 'stored', what: completes };
    case undefined:
      return { kind: 'nothing' };
    default:
      return { kind: 'words', words: completes };
  }
}

/** A word that may stand where a verb is expected. */
export interface VerbWord {
  readonly word: string;
  readonly summary: string;
  /** The full name of the verb, or of the group that the word opens. */
  readonly name: string;
}

/** The words that may follow nothing, under `''`, and those that may follow each group. */
export function verbWords(commands: readonly Command[]): Map<string, VerbWord[]> {
  const words = new Map<string, VerbWord[]>([['', []]]);
  for (const { name, aliases = [], summary } of commands) {
    for (const spelling of [name, ...aliases]) {
      const group = groupOf(spelling) ?? '';
      if (!words.has(group)) {
        words.set(group, []);
        words.get('')!.push({ word: group, summary: groupSummary(group, commands), name: group });
      }
      const word = group === '' ? spelling : spelling.slice(group.length + 1);
      words.get(group)!.push({ word, summary, name });
    }
  }
  return words;
}

/** How an option's value is attached: not at all, as the next word or after `=`, only after `=`. */
export type Attachment = 'none' | 'next' | 'equals';

export function attachmentOf({ value, bare }: Option): Attachment {
  if (value === undefined) return 'none';
  return bare === undefined ? 'next' : 'equals';
}

/** One word of bash or zsh, whatever the text holds: as it is, or between single quotes. */
export function shellQuote(text: string): string {
  return isPlain(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Whether no shell sees anything but letters in the text. */
export function isPlain(text: string): boolean {
  return /^[\w.-]+$/.test(text);
}

function groupSummary(group: string, commands: readonly Command[]): string {
  const members = commands.filter(({ name }) => groupOf(name) === group);
  return members.map(({ name }) => name.slice(group.length + 1)).join(', ');
}

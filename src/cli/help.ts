/** What the tool says of itself, written from the registry: plain text, 80 columns wide. */
import type { Command, Registry } from '../command.js';
import type { Manual } from '../context.js';
import { exitMeanings } from '../errors.js';
import { environment, globalOptions } from '../line/globals.js';
import { groupUsage, toolUsage } from '../line/usage.js';
import { findPlace, groupOf } from '../line/verbs.js';
import { completion } from './completions.js';
import { columnFor, page, type Row, section } from './layout.js';
import { manPage } from './man-page.js';
import { commandHelp, exitRows, optionRows, verbRow } from './verb-help.js';

/** The manual of the tool that has these verbs. A group, `bucket`, is a topic like a verb. */
export function createManual(
  registry: Registry,
  version: string,
  sessionVerbs: Registry = [],
): Manual {
  const verbs = [...registry, ...sessionVerbs];
  return {
    version,
    verbs,
    async help(topic = '') {
      const place = findPlace(topic.split(' ').filter(Boolean), verbs);
      switch (place.kind) {
        case 'top':
          return toolHelp(await loadAll(registry), version, await loadAll(sessionVerbs));
        case 'group':
          return groupHelp(place.name, await loadAll(place.members));
        case 'verb':
          return commandHelp(
            await place.entry.load(),
            sessionVerbs.includes(place.entry) ? '' : 'kv ',
          );
        default:
          return place satisfies never;
      }
    },
    completion: (shell) => completion(shell, registry),
    manPage: async () => manPage(await loadAll(registry), version),
    withSessionVerbs: (verbs) => createManual(registry, version, verbs),
  };
}

function toolHelp(
  commands: readonly Command[],
  version: string,
  sessionCommands: readonly Command[],
): string {
  return page([
    `kv ${version}: keys and values in buckets, for shells, scripts and components.`,
    `Usage: ${toolUsage}`,
    ...section('At this prompt', sessionCommands.map(verbRow)),
    ...verbSections(commands),
    ...section('Options, before or after the verb', optionRows(globalOptions)),
    ...section('Exit status', exitRows(exitMeanings)),
    ...section('Environment', Object.entries(environment)),
    ...section('Learn more', [
      ['kv help VERB', 'what a verb takes and does, with examples'],
      ['kv VERB --help', 'the same'],
    ]),
  ]);
}

function groupHelp(group: string, members: readonly Command[]): string {
  return page([
    `Usage: ${groupUsage(group)}`,
    ...section('Verbs', members.map(verbRow)),
    ...section('Learn more', [
      [`kv help ${group} VERB`, 'what a verb takes and does, with examples'],
      ['kv help', 'global options, exit status and environment'],
    ]),
  ]);
}

/** The verbs of one word, then each group, in the order of the registry. */
function verbSections(commands: readonly Command[]): string[] {
  const rows = new Map<string, Row[]>([['Verbs', []]]);
  for (const command of commands) {
    const group = groupOf(command.name);
    const heading = group === undefined ? 'Verbs' : `${capitalized(group)} verbs`;
    rows.set(heading, [...(rows.get(heading) ?? []), verbRow(command)]);
  }
  const column = columnFor([...rows.values()].flat());
  return [...rows].flatMap(([heading, verbs]) => section(heading, verbs, column));
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function loadAll(entries: Registry): Promise<Command[]> {
  return Promise.all(entries.map((entry) => entry.load()));
}

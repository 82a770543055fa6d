import { answerText, isoTime } from '../answers/answer.js';
import { defineCommand } from '../command.js';
import type { StoreReader } from '../context.js';
import { humanSize, relativeTime } from '../terminal/quantities.js';
import { table } from '../terminal/table.js';
import { escapeKey } from '../terminal/visible.js';

export const command = defineCommand({
  name: 'store readers',
  summary: 'Show who reads the store, and what that holds back',
  details: `For each other process: its id, its name, when it started, the transaction whose state it reads, and how many
bytes of the file no writer can use again as long as it does; the file grows meanwhile. In a pipe the columns are
split by tabs, with - for what is not known. What a process that was killed has left is cleared, and told.`,
  access: 'none',
  arguments: [],
  options: {},
  examples: [{ line: 'kv store readers', summary: 'which process keeps the file from shrinking' }],

  async run(context, _, { maintenanceOf }) {
    const { settings, terminal } = context;
    const { stdout } = terminal;
    const { readers, ...others } = await (await maintenanceOf(settings.store)).readers();
    const now = Date.now();
    const rows = readers.map((reader) =>
      shown(reader, (age) => relativeTime(now - age, now), humanSize),
    );
    const text =
      stdout.isTerminal && readers.length > 0
        ? await table(['PROCESS', 'NAME', 'STARTED', 'TRANSACTION', 'HELD'], rows, stdout)
        : readers
            .map((reader) => shown(reader, (age) => isoTime(now - age), String))
            .map((cells) => `${cells.map(escapeKey).join('\t')}\n`)
            .join('');
    const json = {
      ...others,
      readers: readers.map(({ process, name, age, transaction, heldBytes }) => ({
        process,
        name: name ?? null,
        started: age === undefined ? null : isoTime(now - age),
        transaction: transaction ?? null,
        heldBytes,
      })),
    };
    await answerText(context, json, text);
    if (settings.json || settings.quiet) return;
    for (const process of others.cleared) {
      await terminal.note(`cleared what process ${process} read, which has ended`);
    }
  },
});

function shown(
  { process, name, age, transaction, heldBytes }: StoreReader,
  timeOf: (age: number) => string,
  sizeOf: (bytes: number) => string,
): string[] {
  const started = age === undefined ? '-' : timeOf(age);
  return [String(process), name ?? '-', started, String(transaction ?? '-'), sizeOf(heldBytes)];
}

/** The formats by name, each loaded when it is used. */
import type { Format, FormatName } from './format.js';

export type { FormatName } from './format.js';

export const formatNames = ['ndjson', 'json', 'csv', 'tsv', 'mdb'] as const;

/** The format that a file's ending stands for, or undefined. */
export function formatOfFile(path: string): FormatName | undefined {
  const ending = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
  return { jsonl: 'ndjson' as const }[ending] ?? formatNames.find((name) => name === ending);
}

export async function loadFormat(name: FormatName): Promise<Format> {
  const loaders = { ndjson: () => import('./ndjson.js') } as Record<
    FormatName,
    () => Promise<{ format: Format }>
  >;
  return (await loaders[name]()).format;
}

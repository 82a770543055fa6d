/** What `kv run --explain` answers. */
import type { Context, Explanation, Grant } from '../context.js';
import { visibleJson, visibleMessage } from '../terminal/visible.js';

/** What the user gives besides the imports: the names of variables and settings. */
interface Given {
  readonly grants: readonly Grant[];
  readonly env: readonly string[];
  readonly config: readonly string[];
}

/** Prints what a component imports and exports, and what it is given. */
export async function printExplanation(
  { settings, terminal }: Context,
  explanation: Explanation,
  given: Given,
): Promise<void> {
  if (settings.json) {
    await terminal.stdout.write(`${visibleJson({ ...explanation, ...given })}\n`);
    return;
  }
  const lines = [
    ...explanation.imports.map(({ name, answer, offered }) => {
      const versions = offered === undefined ? '' : ` (but ${offered})`;
      return `import ${name}: ${answers[answer].replace('not offered', `not offered${versions}`)}`;
    }),
    ...explanation.exports.map((name) => `export ${name}`),
    ...given.env.map((name) => `env ${name}`),
    ...given.config.map((name) => `config ${name}`),
    ...given.grants.map(
      ({ guest, bucket, readOnly }) =>
        `bucket "${guest}": "${bucket}", ${readOnly ? 'to read' : 'to read and write'}`,
    ),
  ];
  await terminal.stdout.write(lines.map((line) => `${visibleMessage(line)}\n`).join(''));
}

const answers = {
  given: 'given',
  denied: 'denied; there is nothing of it, and its use is a trap',
  refused: 'not offered; the component is not run',
} as const;

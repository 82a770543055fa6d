/** What the tool says of itself: as text, or with --json in an object. */
import type { Context, Manual } from '../context.js';
import { answer, answerText } from './answer.js';

type Asker = Pick<Context, 'settings' | 'terminal'>;

/**
 * The help of a verb or a group, or of the whole tool; as text it fills the terminal's width. Throws
 * `usage` for an unknown one.
 */
export async function answerHelp(
  asker: Asker,
  manual: Manual,
  topic: string | undefined,
): Promise<void> {
  const { settings, terminal } = asker;
  const help = await manual.help(topic, settings.json ? undefined : terminal.stdout.columns);
  await answerText(asker, { topic, help }, help);
}

export async function answerVersion(asker: Asker, { version }: Manual): Promise<void> {
  await answer(asker, { version }, `kv ${version}`);
}

export async function answerCompletion(
  asker: Asker,
  manual: Manual,
  shell: Parameters<Manual['completion']>[0],
): Promise<void> {
  const script = await manual.completion(shell);
  await answerText(asker, { shell, script }, script);
}

/** The person's own editor. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ioError, KvError } from '../errors.js';
import { runProgram, statusOf } from './shell-command.js';

/** POSIX's default editor. */
const DEFAULT_EDITOR = 'vi';

/** Runs $VISUAL or $EDITOR on a file. Throws `not-confirmed` if that fails, `io`. */
export async function runEditor(
  path: string,
  env: NodeJS.ProcessEnv,
  action: string,
): Promise<void> {
  const editor = env.VISUAL || env.EDITOR || DEFAULT_EDITOR;
  // As git runs it: the variable may contain options, and quotes around them.
  const end = await runProgram(['/bin/sh', '-c', `${editor} "$@"`, editor, path], env);
  if (end.status === 0) return;
  const state = `${editor} has ended with ${statusOf(end)}; nothing was saved`;
  throw new KvError('not-confirmed', `did not ${action}: ${state}`);
}

/**
 * The text as a person changes it in the editor, in a file that nobody else can read; without the
 * final newline, which editors add. Throws as `runEditor` does.
 */
export async function editedText(
  text: string,
  name: string,
  env: NodeJS.ProcessEnv,
  action: string,
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'kv-edit-'));
  const path = join(folder, name);
  try {
    writeFileSync(path, `${text}\n`, { mode: 0o600 });
    await runEditor(path, env, action);
    return readFileSync(path, 'utf8').replace(/\n$/, '');
  } catch (cause) {
    throw ioError(action, cause);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

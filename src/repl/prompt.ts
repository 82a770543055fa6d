/** A session at a prompt: reads a line, runs it, and repeats until the person leaves. */
import { basename } from 'node:path';
import type { Tools } from '../command.js';
import type { Context, Settings } from '../context.js';
import { asKvError } from '../errors.js';
import { displayWidth, truncate } from '../terminal/display-width.js';
import { editedText } from '../terminal/editor.js';
import { writeError } from '../terminal/error-message.js';
import { type Keyboard, openKeyboard } from '../terminal/keyboard.js';
import { runCommand } from '../terminal/shell-command.js';
import type { Terminal } from '../terminal/terminal.js';
import { visibleLine } from '../terminal/visible.js';
import { complete } from './completion.js';
import type { Prompt } from './drawing.js';
import { freshLine } from './fresh-line.js';
import { hintFor } from './hint.js';
import { History } from './history.js';
import { type HistoryPlace, openHistoryFile } from './history-file.js';
import { LineEditor } from './line-editor.js';
import { isUnfinished, linesOf, planOf } from './line-plan.js';
import { PromptSession } from './prompt-session.js';
import { recordedLine } from './recorded-line.js';
import { runLine } from './run-line.js';
import { sessionVerbs } from './session-verbs.js';
import { shellCommandOf, spelledOut } from './spelled-out.js';

/**
 * Runs a session on stdin and stdout, which must be terminals. Throws `interrupted` at a signal.
 */
export async function runPrompt(
  context: Context,
  tools: Tools,
  historyPlace: HistoryPlace,
): Promise<void> {
  const { settings, terminal } = context;
  // The prompt is shown while the store is being opened. That may have to wait for another
  // transaction, and then Ctrl-C has its usual effect.
  await terminal.stdout.write(freshLine(terminal.stdout));
  await terminal.note(`kv ${tools.manual.version}: help lists the verbs, Ctrl-D leaves`);
  const { reason } = historyPlace;
  if (reason !== undefined) await terminal.note(`the history is not kept: ${reason}`);
  // It is drawn over later, which not every terminal can.
  const { isDumb } = terminal.stdout;
  if (!isDumb) await terminal.stdout.write(promptOf(terminal, settings, false).text);
  let isOpen = false;
  try {
    await tools.withStore('each', (opened, own) => {
      isOpen = true;
      const history = new History(openHistoryFile(historyPlace));
      const run = (signal: AbortSignal) => runSession(opened, own, history, signal);
      return opened.interruptible(run, 'Ctrl-C');
    });
  } finally {
    if (!isOpen && !isDumb) await terminal.stdout.write('\r\x1b[J');
  }
}

const STOPPED_IN_TRANSACTION =
  'the transaction stays open while kv is stopped; others who write wait (fg goes on)';

async function runSession(
  context: Context,
  outer: Tools,
  history: History,
  signal: AbortSignal,
): Promise<void> {
  const keyboard = openKeyboard({ marksPastes: !context.terminal.stdout.isDumb });
  keyboard.take();
  const session = new PromptSession(context, history, () => remarkAtStop(context));
  const tools = outer.forPrompt(sessionVerbs(session));
  const { verbs } = tools;
  const { terminal } = context;
  const editor = new LineEditor(keyboard, terminal.stdout, session.history, {
    complete: (text, cursor) =>
      complete(text, cursor, { context, verbs, settings: session.settings, env: outer.env }),
    hint: (text) => hintFor(text, verbs),
    edit: (text) => editedText(text, 'line.kv', outer.env, 'edit the line'),
    isUnfinished,
  });
  try {
    while (!session.isOver) {
      const prompt = promptOf(terminal, session.settings, session.inTransaction);
      const typed = await editor.read(prompt, signal);
      if (typed.kind === 'left') break;
      if (typed.kind === 'line') {
        await runLines(typed.text, context, tools, session, keyboard, signal);
      }
    }
  } finally {
    keyboard.release();
    await leave(context, session);
  }
}

/**
 * One line, or more where they were pasted; those after one that fails are not run. Ctrl-C counts from
 * when the line was read, though it was pressed before the verb has begun.
 */
async function runLines(
  text: string,
  context: Context,
  tools: Tools,
  session: PromptSession,
  keyboard: Keyboard,
  signal: AbortSignal,
): Promise<void> {
  for (const typed of linesOf(text)) {
    if (typed.trim() === '') continue;
    const isDone = await context.interruptible(async (stop) => {
      keyboard.release();
      const line = spelledOut(typed);
      session.history.add(typed, await recordedLine(line, tools.verbs));
      if (keyboard.takeInterrupt()) return false;
      return runOne(line, context, tools, session, keyboard, stop);
    });
    if (!isDone || session.isOver) return;
    signal.throwIfAborted();
  }
}

/** False if it failed, which has been reported. */
async function runOne(
  line: string,
  context: Context,
  { env, readLine }: Tools,
  session: PromptSession,
  { rows }: Keyboard,
  signal: AbortSignal,
): Promise<boolean> {
  const { stderr } = context.terminal;
  try {
    const command = shellCommandOf(line);
    if (command !== undefined) return await runForShell(command, context, env, signal);
    const plan = planOf(line);
    if (plan === undefined) return true;
    const step = await readLine(plan.words, session.settings);
    const milliseconds = await runLine(context, plan, step, { signal, rows, env });
    if (session.isTiming) {
      await stderr.write(`${ownLine(context)}${stderr.style.detail(timeOf(milliseconds))}\n`);
    }
    return true;
  } catch (thrown) {
    if (context.keyvalue.transactions.isStuckAfter(thrown)) throw thrown;
    const error = asKvError(thrown);
    if (error.code === 'interrupted') return false;
    await stderr.write(ownLine(context));
    await writeError(stderr, error, session.settings);
    return false;
  }
}

/** Runs a shell command. False if its status says that it failed. */
async function runForShell(
  command: string,
  context: Context,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<boolean> {
  const { terminal } = context;
  const end = await runCommand(command, env, signal);
  if (end.status === 0) return true;
  await terminal.stderr.write(ownLine(context));
  await terminal.note(`the command ended with ${end.signal ?? `status ${end.status}`}`);
  return false;
}

async function remarkAtStop(context: Context): Promise<void> {
  const { settings, terminal } = context;
  if (settings.quiet) return;
  await terminal.stderr.write(ownLine(context));
  await terminal.note(STOPPED_IN_TRANSACTION);
}

/** Begins a fresh line for messages of the prompt itself; nothing where they go elsewhere. */
function ownLine({ terminal: { stdout, stderr } }: Context): string {
  return stderr.isTerminal ? freshLine(stdout, stdout.columns, stderr.style) : '';
}

/** `store:bucket> `, with a star inside a transaction. */
function promptOf(
  { stdout: { style } }: Terminal,
  { store, bucket }: Settings,
  inTransaction: boolean,
): Prompt {
  const storeName = truncate(visibleLine(basename(store)), NAME_COLUMNS);
  const bucketName = truncate(visibleLine(bucket), NAME_COLUMNS);
  const mark = inTransaction ? '*' : '';
  return {
    text: `${storeName}:${style.heading(bucketName)}${style.warning(mark)}> `,
    width: displayWidth(`${storeName}:${bucketName}${mark}> `),
  };
}

/** Columns of a name in the prompt on a narrow screen, so that the line has room. */
const NAME_COLUMNS = 12;

function timeOf(milliseconds: number): string {
  return milliseconds < 1000
    ? `${milliseconds.toFixed(milliseconds < 10 ? 2 : 0)} ms`
    : `${(milliseconds / 1000).toFixed(2)} s`;
}

async function leave({ terminal }: Context, session: PromptSession): Promise<void> {
  if (!session.inTransaction) return;
  await session.rollBack();
  await terminal.note('the transaction was rolled back: it had not been committed');
}

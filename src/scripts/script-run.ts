/**
 * Runs a script. Each line alone would wait for the disk, so consecutive short lines share a
 * transaction, and their output is held until it is committed. If one of them fails, the group is
 * rolled back; then the lines before it run again, and the failing line alone.
 */
import { afterChange } from '../answers/answer.js';
import type { Context, Step } from '../context.js';
import { asKvError, type ErrorCode, type ExitCode, exitCodes, KvError } from '../errors.js';
import { writeError } from '../terminal/error-message.js';
import { turnWhenDue } from '../terminal/event-loop.js';
import type { Input, Terminal } from '../terminal/terminal.js';
import { HeldOutput, HeldTooMuch } from './held-output.js';
import { type ScriptLine, scriptLines } from './script-lines.js';
import { terminalOfScript } from './script-terminal.js';

/** The most lines in one transaction, as other writers wait for it. */
const GROUP_LINES = 2000;

export interface ScriptOptions {
  readonly input: Input;
  /** The name of the input in messages. */
  readonly name: string;
  readonly atomic: boolean;
  readonly keepGoing: boolean;
  /** See `Tools`. */
  readLine(words: readonly string[]): Promise<Step>;
}

/** A line that is ready to run. */
interface Ready {
  readonly number: number;
  readonly step: Step;
}

/** Runs a script, and returns the exit status. Throws the error of the line that ended it. */
export async function runScript(context: Context, options: ScriptOptions): Promise<ExitCode> {
  if (options.atomic && options.keepGoing) {
    throw new KvError('usage', 'either --atomic or --keep-going, not both');
  }
  return context.interruptible(async (signal) => {
    const script = new Script(context, options, signal);
    const { transactions } = context.keyvalue;
    if (options.atomic) {
      transactions.require('run a script with --atomic', 'without it, each line stands by itself');
      await transactions.group(() => script.runAtOnce(), signal);
    } else await script.runInGroups();
    return script.failure ?? exitCodes.done;
  });
}

class Script {
  /** The status of the first error, if the script continued. */
  failure: ExitCode | undefined;
  readonly #context: Context;
  readonly #options: ScriptOptions;
  readonly #signal: AbortSignal;
  readonly #terminal: Terminal;
  readonly #held: HeldOutput;
  readonly #heldTerminal: Terminal;
  #heldNotes: string[] = [];
  readonly #turnWhenDue = turnWhenDue();
  #group: Ready[] = [];

  constructor(context: Context, options: ScriptOptions, signal: AbortSignal) {
    this.#context = context;
    this.#options = options;
    this.#signal = signal;
    this.#terminal = terminalOfScript(context.terminal, options.input, signal);
    this.#held = new HeldOutput(this.#terminal.stdout);
    this.#heldTerminal = {
      ...this.#terminal,
      stdout: this.#held.output,
      note: async (text) => void this.#heldNotes.push(text),
    };
  }

  async runInGroups(): Promise<void> {
    const { keyvalue, settings } = this.#context;
    const mayGroup = keyvalue.transactions.areSupported && !settings.readOnly;
    await this.#eachLine(async (ready) => {
      if (!mayGroup || !ready.step.sharesTransaction) {
        await this.#runGroup();
        await this.#runAlone(ready);
        return;
      }
      this.#group.push(ready);
      if (this.#group.length === GROUP_LINES) await this.#runGroup();
    });
  }

  /** Within a transaction that an error ends. */
  async runAtOnce(): Promise<void> {
    await this.#eachLine((ready) => this.#runAlone(ready));
  }

  async #eachLine(run: (ready: Ready) => Promise<void>): Promise<void> {
    for await (const lines of scriptLines(this.#options.input, this.#signal)) {
      for (const line of lines) {
        await this.#hearSignals();
        const step = await this.#read(line);
        if (step) await run({ number: line.number, step });
      }
      // Lines that have arrived do not wait for lines that may follow.
      await this.#runGroup();
    }
  }

  /** The step for a line; undefined if it cannot be read, and the script continues. */
  async #read({ number, words }: ScriptLine): Promise<Step | undefined> {
    try {
      if (words instanceof KvError) throw words;
      return await this.#options.readLine(words);
    } catch (thrown) {
      // First the lines before it.
      await this.#runGroup();
      await this.#fail(number, thrown);
      return undefined;
    }
  }

  async #runGroup(): Promise<void> {
    const group = this.#group;
    this.#group = [];
    await this.#runLines(group);
  }

  async #runLines(lines: readonly Ready[]): Promise<void> {
    let rest = lines;
    while (rest.length > 1) {
      const failed = await this.#runAtOnce(rest);
      if (failed === undefined) return this.#release(rest);
      // The commit failed, which is no single line's fault.
      if (failed === rest.length) break;
      await this.#runLines(rest.slice(0, failed));
      await this.#runAlone(rest[failed]!);
      rest = rest.slice(failed + 1);
    }
    for (const ready of rest) await this.#runAlone(ready);
  }

  /**
   * Runs a group, in one transaction if it writes; if that is rolled back, returns the index of the
   * line that failed, or the group's length.
   */
  async #runAtOnce(group: readonly Ready[]): Promise<number | undefined> {
    let running = 0;
    try {
      const runAll = async () => {
        for (running = 0; running < group.length; running++) {
          await this.#hearSignals();
          refuse(await group[running]!.step.run(this.#heldTerminal));
        }
      };
      if (group.some(({ step }) => step.writes)) {
        await this.#context.keyvalue.transactions.group(runAll, this.#signal);
      } else await runAll();
      return undefined;
    } catch (thrown) {
      this.#signal.throwIfAborted();
      // Running the lines one by one would not help after a defect, or at the end of waiting.
      if (isDefect(thrown) || asKvError(thrown).code === 'busy')
        throw this.#placed((group[running] ?? group.at(-1)!).number, asKvError(thrown));
      this.#held.discard();
      this.#heldNotes = [];
      return running;
    }
  }

  /** Rejects with the signal's reason. */
  async #hearSignals(): Promise<void> {
    await this.#turnWhenDue();
    this.#signal.throwIfAborted();
  }

  /** Waits for other writers, so that a signal is heard meanwhile. */
  async #writersDone(): Promise<void> {
    if (this.#context.settings.readOnly) return;
    await this.#context.keyvalue.transactions.writersDone(this.#signal);
  }

  async #release(group: readonly Ready[]): Promise<void> {
    const release = () => this.#held.release();
    const lines = `lines ${group[0]!.number} to ${group.at(-1)!.number} ran`;
    await (group.some(({ step }) => step.writes)
      ? afterChange(this.#context, lines, release)
      : release());
    for (const note of this.#heldNotes.splice(0)) await this.#terminal.note(note);
  }

  async #runAlone({ number, step }: Ready): Promise<void> {
    await this.#hearSignals();
    try {
      if (step.writes) await this.#writersDone();
      refuse(await step.run(this.#terminal));
    } catch (thrown) {
      await this.#fail(number, thrown);
    }
  }

  async #fail(number: number, thrown: unknown): Promise<void> {
    const error = asKvError(thrown);
    if (error.code === 'interrupted' || error.code === 'broken-pipe') throw thrown;
    const placed = this.#placed(number, error);
    if (!this.#options.keepGoing || isDefect(thrown)) throw placed;
    this.failure ??= placed.exitCode;
    const { settings } = this.#context;
    if (settings.quiet && placed.isAnswer) return;
    await writeError(this.#terminal.stderr, placed, settings);
  }

  /** The error with its line's place. */
  #placed(number: number, error: KvError): KvError {
    const { code, message, result, hint, cause = error } = error;
    const place = `${this.#options.name}:${number}`;
    return new KvError(code, `${place}: ${message}`, { result, hint, place, cause });
  }
}

/** Whether it is a defect of kv, which no line of a script should cause. */
function isDefect(thrown: unknown): boolean {
  return !(thrown instanceof HeldTooMuch) && asKvError(thrown).code === 'internal';
}

/** Throws for an answer that ends a script: any except yes and no. */
function refuse(status: ExitCode): void {
  if (status === exitCodes.done || status === exitCodes.no) return;
  const [code, message] = refusals[status] ?? ['internal', `the verb ended with ${status}`];
  throw new KvError(code, message);
}

const refusals: Partial<Record<ExitCode, readonly [ErrorCode, string]>> = {
  [exitCodes.conditionFailed]: ['condition-failed', 'the condition does not hold'],
  [exitCodes.badData]: ['rejected', 'records were rejected'],
};

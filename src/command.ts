/**
 * What a command is: data, and a function. Programs, help, completions and documents all derive
 * from the data, so that nothing about a verb is said twice.
 */
import type { Context, Host, Maintenance, Manual, Settings, Step } from './context.js';
import type { ExitCode } from './errors.js';

/**
 * What a word on the command line stands for, so that completion can offer it. A `grant` is
 * `GUEST=REAL`, where REAL is a bucket.
 */
export type Completes = 'key' | 'bucket' | 'grant' | 'file' | 'verb' | readonly string[];

export interface Argument {
  /** In camelCase; shown in capitals. */
  readonly name: string;
  readonly summary: string;
  /** How help shows one word of it, where that is not its name: `KEY=VALUE`. */
  readonly shown?: string;
  readonly optional?: true;
  /**
   * Takes all the words that are left; the last argument only. Empty only where `--` ends the words:
   * where a list of none was meant.
   */
  readonly variadic?: true;
  readonly completes?: Completes;
  /**
   * Whether the word, or with `afterEquals` the part of it behind `=`, is a value: the history on the
   * disk leaves it out.
   */
  readonly value?: 'all' | 'afterEquals';
}

export interface Option {
  readonly summary: string;
  readonly short?: string;
  /** How its value is shown in help; absent: a switch, which takes none. */
  readonly value?: string;
  /** The value of the bare option; any other is then given only as `--option=VALUE`. */
  readonly bare?: string;
  /** Reads the value; what it throws is a usage error. */
  readonly parse?: (text: string) => unknown;
  readonly completes?: Completes;
  /** Its value is one that is stored, or may be: the history on the disk leaves it out. */
  readonly isStoredValue?: true;
  /** May be given more than once: its values are a list, empty where it is not given. */
  readonly repeats?: true;
}

export type Options = Readonly<Record<string, Option>>;

export interface Example {
  /** The command line. */
  readonly line: string;
  readonly summary: string;
}

/**
 * Whether a command needs the store, and for what. `write` makes one that is not there; `rehearse`,
 * which tries what a `write` would do, takes it for empty. `read`, and `change`, which needs
 * something to be there, take it for empty at the default path alone: a path that was named may be a
 * slip. `revise`, which shows what is there before it writes, makes one there alone. `inspect` needs it to be there. Of `each`, a session, every line says it for itself.
 */
export type Access =
  | 'none'
  | 'read'
  | 'inspect'
  | 'rehearse'
  | 'write'
  | 'change'
  | 'revise'
  | 'each';

/** A command with the types of its input erased, as programs and documents handle it. */
export interface Command {
  /** One word, or two for a member of a group: `bucket list`. */
  readonly name: string;
  readonly aliases?: readonly string[];
  /** One line, without a full stop. */
  readonly summary: string;
  /** Paragraphs that `kv help VERB` adds. */
  readonly details?: string;
  /** What of the store it needs; a function where that depends on the input. */
  readonly access: Access | ((input: Readonly<Record<string, unknown>>) => Access);
  /** How long it waits for another writer at most, in ms; undefined: as long as any. */
  readonly wait?: (input: Readonly<Record<string, unknown>>) => number | undefined;
  /**
   * Whether a script may run it in one transaction with its neighbours, because it needs no more than
   * its words and little time; a function where that depends on the input.
   */
  readonly sharesTransaction?: true | ((input: Readonly<Record<string, unknown>>) => boolean);
  /** False: no line of a script may ask for it. */
  readonly inScripts?: false;
  /** False: no line at the prompt may ask for it. */
  readonly inSessions?: false;
  readonly arguments: readonly Argument[];
  /** By name in camelCase: `ifAbsent` is `--if-absent`. */
  readonly options: Options;
  readonly examples: readonly Example[];
  /** What each exit status means here, where it says more than the common table. */
  readonly exits?: Readonly<Partial<Record<ExitCode, string>>>;
  /**
   * Does the work. Returns the exit status of an answer that is no error (`exists`: 0 or 1), or
   * nothing for done. Throws KvError, or a WIT resource that carries one.
   */
  run(context: Context, input: Readonly<Record<string, unknown>>, tools: Tools): Promise<Outcome>;
}

/** What few commands need beside their context. */
export interface Tools {
  readonly manual: Manual;
  readonly host: Host;
  /**
   * What can be done to the store at a path from outside, be it one that can be opened or not. Throws
   * `not-supported` for a store that is no folder.
   */
  maintenanceOf(path: string): Promise<Maintenance>;
  /**
   * Whether there is a store: one that was not there when the command began may have come since, and then it is the
   * one that the context has. Throws what opening throws.
   */
  findStore(): Promise<boolean>;
  /** The environment, for programs that a command starts and for where they leave their files. */
  readonly env: NodeJS.ProcessEnv;
  /** The verbs that a line may ask for. */
  readonly verbs: Registry;
  /**
   * Reads the words that might follow `kv`, for the store that is open and with the settings of the
   * context, or with others, where they say nothing else. Throws `usage`.
   */
  readLine(words: readonly string[], settings?: Settings): Promise<Step>;
  /**
   * Talks to a person at stdin and stdout, which must be terminals. Throws `interrupted` at a
   * signal.
   */
  prompt(): Promise<void>;
  /** The same tools, for lines that come from a person and may ask for these verbs as well. */
  forPrompt(verbs: Registry): Tools;
  /**
   * Opens the store for a command without access to it, which has something to do before. Throws
   * what opening throws.
   */
  withStore<T>(
    access: Exclude<Access, 'none'>,
    work: (context: Context, tools: Tools) => Promise<T>,
  ): Promise<T>;
  /**
   * Opens another store, in the same bucket: to read, and then it has to be there, or to `write`. The one that
   * is open is given as it is. Throws what opening throws, and `no-store`.
   */
  withOtherStore<T>(
    path: string,
    work: (context: Context) => Promise<T>,
    access?: 'inspect' | 'write',
  ): Promise<T>;
}

/** A status of the table, or that of a component that was run. */
export type Outcome = number | undefined;

type ArgumentInput<A extends Argument> =
  | (A extends { variadic: true } ? string[] : string)
  | (A extends { optional: true } ? undefined : never);

type OptionInput<O extends Option> = O extends { repeats: true; parse: (text: string) => infer T }
  ? T[]
  : O extends { parse: (text: string) => infer T }
    ? T | undefined
    : O extends { value: string }
      ? string | undefined
      : boolean;

/** The input of a command, typed by its declaration. */
export type Input<A extends readonly Argument[], O extends Options> = {
  readonly [K in A[number] as K['name']]: ArgumentInput<K>;
} & { readonly [K in keyof O]: OptionInput<O[K]> };

type Declaration<A extends readonly Argument[], O extends Options> = Omit<
  Command,
  'access' | 'wait' | 'sharesTransaction' | 'arguments' | 'options' | 'run'
> & {
  readonly wait?: (input: Input<A, O>) => number | undefined;
  readonly access: Access | ((input: Input<A, O>) => Access);
  readonly sharesTransaction?: true | ((input: Input<A, O>) => boolean);
  readonly arguments: A;
  readonly options: O;
  // biome-ignore lint/suspicious/noConfusingVoidType: most commands have no answer to return
  run(context: Context, input: Input<A, O>, tools: Tools): Promise<Outcome | void>;
};

/** Declares a command: `run` gets its input typed by the arguments and options beside it. */
export function defineCommand<const A extends readonly Argument[], const O extends Options>(
  declaration: Declaration<A, O>,
): Command {
  return declaration as unknown as Command;
}

/** A line of the registry: enough to find a verb without loading it. */
export interface RegistryEntry {
  readonly name: string;
  readonly aliases: readonly string[];
  load(): Promise<Command>;
}

export type Registry = readonly RegistryEntry[];

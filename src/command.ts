/**
 * What a command is: data and a function. Parsing, help, completion and documents derive from the
 * data, so that everything about a verb is said once.
 */
import type { Context, Host, Maintenance, Manual, Settings, Step } from './context.js';
import type { ExitCode } from './errors.js';

/**
 * What a word of the command line stands for, for completion. A `grant` is `GUEST=REAL`, where REAL
 * is a bucket.
 */
export type Completes = 'key' | 'bucket' | 'grant' | 'file' | 'verb' | readonly string[];

export interface Argument {
  /** In camelCase; shown in capitals. */
  readonly name: string;
  readonly summary: string;
  /** How help shows one word of it, if not by the name: `KEY=VALUE`. */
  readonly shown?: string;
  readonly optional?: true;
  /**
   * Takes all remaining words; allowed for the last argument only. The list is empty only after
   * `--`, which says that an empty list is meant.
   */
  readonly variadic?: true;
  readonly completes?: Completes;
  /**
   * Whether the word, or with `afterEquals` the part behind `=`, is a value: the history on disk
   * omits it.
   */
  readonly value?: 'all' | 'afterEquals';
}

export interface Option {
  readonly summary: string;
  readonly short?: string;
  /** How help shows its value; absent for a switch, which takes none. */
  readonly value?: string;
  /** The value of the option without a value; any other is then given only as `--option=VALUE`. */
  readonly bare?: string;
  /** Parses the value; an error that it throws is a usage error. */
  readonly parse?: (text: string) => unknown;
  readonly completes?: Completes;
  /** Whether its value is, or may be, stored: the history on disk omits it. */
  readonly isStoredValue?: true;
  /** Whether it may be repeated: its values are a list, empty if it is not given. */
  readonly repeats?: true;
}

export type Options = Readonly<Record<string, Option>>;

export interface Example {
  /** The command line. */
  readonly line: string;
  readonly summary: string;
}

/**
 * What a command does with the store. `none`: nothing. `read`: reads, and takes a missing store at
 * the default path for an empty one; a missing store at a named path is an error, since the path
 * may be a mistake. `change`: writes to what exists, and takes a missing store as `read` does.
 * `write`: writes, and makes a missing store. `rehearse`: tries what a `write` would do, and takes
 * a missing store for an empty one. `revise`: shows before it writes, and makes a missing store at
 * the default path alone. `inspect`: reads, and the store must exist. `each`: a session, whose
 * lines each say it for themselves.
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

/** A command with the types of its input erased, as the parser and documents use it. */
export interface Command {
  /** One word, or two for a member of a group: `bucket list`. */
  readonly name: string;
  readonly aliases?: readonly string[];
  /** One line, without a full stop. */
  readonly summary: string;
  /** Paragraphs that `kv help VERB` adds. */
  readonly details?: string;
  /** What it does with the store; a function if that depends on the input. */
  readonly access: Access | ((input: Readonly<Record<string, unknown>>) => Access);
  /** How long it waits for another writer, in ms; undefined: as long as necessary. */
  readonly wait?: (input: Readonly<Record<string, unknown>>) => number | undefined;
  /**
   * Whether a script may run it in one transaction with its neighbours, because it is short and
   * needs only its words; a function if that depends on the input.
   */
  readonly sharesTransaction?: true | ((input: Readonly<Record<string, unknown>>) => boolean);
  /** False if no line of a script may use it. */
  readonly inScripts?: false;
  /** False if no line at the prompt may use it. */
  readonly inSessions?: false;
  readonly arguments: readonly Argument[];
  /** By name in camelCase: `ifAbsent` is `--if-absent`. */
  readonly options: Options;
  readonly examples: readonly Example[];
  /**
   * The meaning of exit statuses for this verb, where it is more specific than the common table.
   */
  readonly exits?: Readonly<Partial<Record<ExitCode, string>>>;
  /**
   * Does the work. Returns the exit status of an answer that is not an error (`exists`: 0 or 1), or
   * nothing. Throws KvError, or a WIT resource that carries one.
   */
  run(context: Context, input: Readonly<Record<string, unknown>>, tools: Tools): Promise<Outcome>;
}

/** What a few commands need besides their context. */
export interface Tools {
  readonly manual: Manual;
  readonly host: Host;
  /**
   * Maintenance of the store at a path, whether or not it can be opened. Throws `not-supported` for
   * a store that is not a folder.
   */
  maintenanceOf(path: string): Promise<Maintenance>;
  /**
   * Whether the store exists: one that did not when the command began may exist now, and the
   * context then uses it. Throws what opening throws.
   */
  findStore(): Promise<boolean>;
  /** The environment, for programs that a command starts and for temporary files. */
  readonly env: NodeJS.ProcessEnv;
  /** The verbs that a line may use. */
  readonly verbs: Registry;
  /**
   * Reads the words of a line, as they would follow `kv`, for the open store. Settings that the
   * words do not give are the context's, or `settings`. Throws `usage`.
   */
  readLine(words: readonly string[], settings?: Settings): Promise<Step>;
  /**
   * Runs the prompt on stdin and stdout, which must be terminals. Throws `interrupted` at a signal.
   */
  prompt(): Promise<void>;
  /** The same tools for lines typed by a person, which may use these verbs as well. */
  forPrompt(verbs: Registry): Tools;
  /**
   * Opens the store for a command that has work to do before it needs the store. Throws what
   * opening throws.
   */
  withStore<T>(
    access: Exclude<Access, 'none'>,
    work: (context: Context, tools: Tools) => Promise<T>,
  ): Promise<T>;
  /**
   * Opens another store, with the same current bucket: to read, when it must exist, or to `write`.
   * If that is the open store, it is reused. Throws what opening throws, and `no-store`.
   */
  withOtherStore<T>(
    path: string,
    work: (context: Context) => Promise<T>,
    access?: 'inspect' | 'write',
  ): Promise<T>;
}

/** A status of the table, or the exit status of a component. */
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

/** An entry of the registry: enough to find a verb without loading it. */
export interface RegistryEntry {
  readonly name: string;
  readonly aliases: readonly string[];
  load(): Promise<Command>;
}

export type Registry = readonly RegistryEntry[];

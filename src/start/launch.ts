/** The start of the program, as the program sees it. */
export interface Launch {
  /** The verb that is run, once it is known: its code is kept for the next start. */
  verb: string | undefined;
  /**
   * How often the first process of a container would still start this one anew, under another id; undefined
   * where this one was not started so.
   */
  readonly restarts?: number | undefined;
  /** Records for `KV_TRACE=start` that a step of the start has ended. */
  reached(step: string): void;
}

/** How a process ends that is to be started anew, under another id. No system and no program sends this signal. */
export const RESTART_SIGNAL = 'SIGSTKFLT';

/** The variable that tells kv how often it would still be started anew. */
export const RESTARTS = 'KV_FIRST_PROCESS_RESTARTS';

/** What it says; undefined where this process was not started so. No program that kv starts is told. */
export function takeRestarts(env: NodeJS.ProcessEnv): number | undefined {
  const given = env[RESTARTS];
  delete env[RESTARTS];
  return given === undefined ? undefined : Number(given);
}

/** What a session needs besides the store. */
import type { Access, Registry } from '../command.js';
import type { Host, Manual, Settings } from '../context.js';
import type { Terminal } from '../terminal/terminal.js';

export interface Surroundings {
  readonly settings: Settings;
  readonly terminal: Terminal;
  readonly env: NodeJS.ProcessEnv;
  readonly host: Host;
  /** See `Patience`; undefined once something may have been read or written. */
  readonly idIsTaken?: (() => void) | undefined;
  /** The verbs of the tool. */
  readonly verbs: Registry;
  /** The verbs that only lines at a prompt may use; undefined for lines of a script. */
  readonly promptVerbs?: Registry;
  /** The manual of the tool, with the verbs of a prompt. */
  manualWith(promptVerbs: Registry): Manual;
  /**
   * Opens or makes the store that a line of a session needs. Throws `no-store`, and what opening
   * throws.
   */
  prepare?(access: Exclude<Access, 'none'>, idIsTaken?: () => void): Promise<void>;
  /** False before there is one. */
  isStoreThere?(): boolean;
}

/** The settings of a command line: a flag beats the environment, which beats the default. */
import type { Settings } from '../context.js';
import { KvError } from '../errors.js';
import { parsePatience } from './duration.js';
import type { GlobalFlags } from './globals.js';
import { userFolder } from './user-folder.js';

/** The bucket that needs not be created: the first write to it does. */
export const DEFAULT_BUCKET = 'default';

/** The options that say something of the settings: all but those that ask for something else. */
type Setting = Exclude<keyof GlobalFlags, 'version' | 'help'>;

/** What each option, as it was given, says of the settings. */
const said: {
  readonly [O in Setting]-?: (value: NonNullable<GlobalFlags[O]>) => Partial<Settings>;
} = {
  store: (store) => ({ store, isStoreNamed: true }),
  bucket: (bucket) => ({ bucket }),
  json: (json) => ({ json }),
  quiet: (quiet) => ({ quiet }),
  color: (color) => ({ color }),
  noInput: (noInput) => ({ input: !noInput }),
  readOnly: (readOnly) => ({ readOnly }),
  wait: (wait) => ({ wait }),
};

/**
 * The settings for one invocation. An empty environment variable counts as unset. A path is kept as
 * it was given, so that messages show what was typed. Throws `usage` for a variable that cannot be
 * read and that no flag beats.
 */
export function resolveSettings(flags: GlobalFlags, env: NodeJS.ProcessEnv): Settings {
  const wait = flags.wait === undefined ? waitIn(env) : undefined;
  return overridden({ ...settingsWithout(env), wait }, flags);
}

/** Settings with what flags say in their place; the same object where they say nothing. */
export function overridden(settings: Settings, flags: GlobalFlags): Settings {
  const given = Object.entries(flags).flatMap(([option, value]) => {
    // A switch that was not given is false.
    if (value === undefined || value === false) return [];
    const settingsOf: ((value: never) => Partial<Settings>) | undefined = said[option as Setting];
    return settingsOf?.(value as never) ?? [];
  });
  return given.length === 0 ? settings : Object.assign({}, settings, ...given);
}

/** Where no flag says otherwise. */
function settingsWithout(env: NodeJS.ProcessEnv): Settings {
  const data = userFolder('data', env);
  return {
    store: env.KV_STORE || (data === undefined ? '' : `${data}/store`),
    isStoreNamed: Boolean(env.KV_STORE),
    bucket: env.KV_BUCKET || DEFAULT_BUCKET,
    json: false,
    quiet: false,
    color: 'auto',
    input: true,
    readOnly: false,
    wait: undefined,
  };
}

function waitIn({ KV_WAIT: text }: NodeJS.ProcessEnv): number | undefined {
  if (!text) return undefined;
  try {
    return parsePatience(text);
  } catch (error) {
    throw new KvError('usage', `KV_WAIT: ${(error as Error).message}`);
  }
}

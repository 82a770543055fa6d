/**
 * The settings of a command line: an option overrides the environment, which overrides the default.
 */
import type { DefaultBucket, Settings } from '../context.js';
import { KvError } from '../errors.js';
import { parsePatience } from './duration.js';
import type { GlobalFlags } from './globals.js';
import { userFolder } from './user-folder.js';

/** The bucket that need not be created: the first write makes it. */
export const DEFAULT_BUCKET: DefaultBucket = 'default';

/** The options that are settings: all except those that ask for help or the version. */
type Setting = Exclude<keyof GlobalFlags, 'version' | 'help'>;

/** The setting that each option gives. */
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
 * The settings of one invocation. An empty environment variable counts as unset. A path stays as it
 * was given, so that messages show what was typed. Throws `usage` for a malformed variable that no
 * option overrides.
 */
export function resolveSettings(flags: GlobalFlags, env: NodeJS.ProcessEnv): Settings {
  const wait = flags.wait === undefined ? waitIn(env) : undefined;
  return overridden({ ...settingsWithout(env), wait }, flags);
}

/** Settings with those of options in their place; the same object if there are no options. */
export function overridden(settings: Settings, flags: GlobalFlags): Settings {
  const given = Object.entries(flags).flatMap(([option, value]) => {
    // A switch that was not given is false.
    if (value === undefined || value === false) return [];
    const settingsOf: ((value: never) => Partial<Settings>) | undefined = said[option as Setting];
    return settingsOf?.(value as never) ?? [];
  });
  return given.length === 0 ? settings : Object.assign({}, settings, ...given);
}

/** The settings without options. */
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

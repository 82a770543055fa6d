/** wasi:config/store: settings from the command line. It does not exist without settings. */

/** The interface by its name; none if there are no settings. */
export function wasiConfig(settings: ReadonlyMap<string, string> | undefined) {
  if (settings === undefined) return {};
  return {
    'wasi:config/store': {
      get: (key: string) => settings.get(key),
      getAll: (): [string, string][] => [...settings],
    },
  };
}

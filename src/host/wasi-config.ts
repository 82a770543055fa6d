/** wasi:config/store: what the command line gives a guest to read. It is not there unless it is given. */

/** The interface by its name; none where there are no settings. */
export function wasiConfig(settings: ReadonlyMap<string, string> | undefined) {
  if (settings === undefined) return {};
  return {
    'wasi:config/store': {
      get: (key: string) => settings.get(key),
      getAll: (): [string, string][] => [...settings],
    },
  };
}

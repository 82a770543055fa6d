/** What other tools call the verbs: redis-cli, etcdctl, sqlite3, consul, bbolt, and shells. */

/** In the order of preference, as some are there at the prompt alone. */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  add: ['set --if-absent'],
  all: ['keys'],
  bgsave: ['export'],
  buckets: ['bucket list'],
  cat: ['get'],
  clear: ['bucket clear'],
  compact: ['store compact'],
  count: ['keys --count'],
  dbsize: ['keys --count'],
  dec: ['decr'],
  decrby: ['decr'],
  decrement: ['decr'],
  discard: ['rollback'],
  drop: ['bucket delete'],
  dump: ['export'],
  '.dump': ['export'],
  fetch: ['get'],
  find: ['keys'],
  flush: ['bucket clear'],
  flushall: ['bucket clear'],
  flushdb: ['bucket clear'],
  getall: ['export'],
  has: ['exists'],
  '.import': ['import'],
  inc: ['incr'],
  increment: ['incr'],
  incrby: ['incr'],
  info: ['store info'],
  insert: ['set --if-absent'],
  list: ['keys'],
  load: ['import'],
  'compare-and-swap': ['cas'],
  man: ['help'],
  multi: ['begin', 'exec --atomic'],
  move: ['rename'],
  ping: ['store info'],
  print: ['get'],
  put: ['set'],
  q: ['exit'],
  ':q': ['exit'],
  '.quit': ['exit'],
  range: ['keys'],
  read: ['get'],
  remove: ['delete'],
  restore: ['import'],
  save: ['export'],
  scan: ['keys'],
  select: ['use', 'bucket list'],
  setnx: ['set --if-absent'],
  show: ['get'],
  size: ['stat'],
  snapshot: ['export'],
  stats: ['store info'],
  status: ['store info'],
  strlen: ['stat'],
  '.tables': ['bucket list'],
  test: ['exists'],
  touch: ['set --if-absent'],
  txn: ['begin', 'exec --atomic'],
  type: ['stat'],
  unlink: ['delete'],
  unset: ['delete'],
  update: ['set --if-present'],
  version: ['--version'],
  write: ['set'],
  'bucket add': ['bucket create'],
  'bucket drop': ['bucket delete'],
  'bucket empty': ['bucket clear'],
  'bucket make': ['bucket create'],
  'bucket new': ['bucket create'],
  'bucket remove': ['bucket delete'],
  'bucket show': ['bucket info'],
  'bucket stat': ['bucket info'],
  'bucket truncate': ['bucket clear'],
};

/**
 * What kv calls `name`, in any case, with the option that makes it that; undefined where no verb that
 * `isVerb` knows is meant.
 */
export function synonymOf(name: string, isVerb: (verb: string) => boolean): string | undefined {
  const meant = Object.hasOwn(synonyms, name) ? synonyms[name] : undefined;
  return meant?.find((phrase) => {
    const [verb = ''] = phrase.split(/ ?--/);
    return verb === '' || isVerb(verb);
  });
}

/** All of them, for the test that each is one. */
export const synonymEntries: readonly (readonly [string, readonly string[]])[] =
  Object.entries(synonyms);

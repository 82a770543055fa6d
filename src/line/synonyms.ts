/** What other tools call the verbs: redis-cli, etcdctl, sqlite3, consul, bbolt, and shells. */

/**
 * In the order of preference, as some are there at the prompt alone, or not at all: a word that stands
 * for nothing here has nothing to do with the verbs that it resembles.
 */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  add: ['set --if-absent'],
  append: ['append'],
  backup: ['store backup', 'export'],
  begin: ['exec --atomic'],
  commit: ['commit'],
  all: ['keys'],
  bgsave: ['export'],
  buckets: ['bucket list'],
  cat: ['get'],
  clear: ['bucket clear'],
  compact: ['store compact'],
  count: ['keys --count'],
  create: ['bucket create'],
  databases: ['bucket list'],
  '.databases': ['bucket list'],
  dbsize: ['keys --count'],
  dec: ['decr'],
  decrby: ['decr'],
  decrement: ['decr'],
  discard: ['rollback'],
  drop: ['bucket delete'],
  dump: ['export'],
  '.dump': ['export'],
  '.exit': ['exit'],
  diff: ['diff'],
  du: ['du'],
  edit: ['edit'],
  exit: ['exit'],
  expire: ['expire'],
  fetch: ['get'],
  find: ['keys'],
  flush: ['bucket clear'],
  flushall: ['bucket clear'],
  flushdb: ['bucket clear'],
  getall: ['export'],
  getdel: ['take'],
  grep: ['grep'],
  has: ['exists'],
  '.help': ['help'],
  '.import': ['import'],
  inc: ['incr'],
  increment: ['incr'],
  incrby: ['incr'],
  info: ['store info'],
  insert: ['set --if-absent'],
  list: ['keys'],
  load: ['import'],
  'compare-and-swap': ['cas'],
  lock: ['lock'],
  man: ['help'],
  mkdir: ['bucket create'],
  monitor: ['watch'],
  multi: ['begin', 'exec --atomic'],
  move: ['rename'],
  ping: ['store info'],
  print: ['get'],
  put: ['set'],
  q: ['exit'],
  ':q': ['exit'],
  quit: ['exit'],
  '.quit': ['exit'],
  range: ['keys'],
  read: ['get'],
  remove: ['delete'],
  restore: ['store restore', 'import'],
  save: ['export'],
  scan: ['keys'],
  rollback: ['rollback'],
  select: ['use', '--bucket'],
  setnx: ['set --if-absent'],
  show: ['get'],
  size: ['stat'],
  snapshot: ['export'],
  stats: ['store info'],
  status: ['store info'],
  strlen: ['stat'],
  subscribe: ['watch'],
  tables: ['bucket list'],
  '.tables': ['bucket list'],
  take: ['take'],
  test: ['exists'],
  touch: ['set --if-absent'],
  ttl: ['ttl'],
  txn: ['begin', 'exec --atomic'],
  type: ['stat'],
  unlink: ['delete'],
  unset: ['delete'],
  use: ['--bucket'],
  update: ['set --if-present'],
  version: ['--version'],
  watch: ['watch'],
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
 * What kv calls `name`, in any case, with the option that makes it that; undefined for a word that is
 * none of another tool's, null for one of which no verb that `isVerb` knows does the same.
 */
export function synonymOf(
  name: string,
  isVerb: (verb: string) => boolean,
): string | undefined | null {
  if (!Object.hasOwn(synonyms, name)) return undefined;
  const meant = synonyms[name]!.find((phrase) => {
    const [verb = ''] = phrase.split(/ ?--/);
    return verb === '' || isVerb(verb);
  });
  return meant ?? null;
}

/** All of them, for the test that each is one. */
export const synonymEntries: readonly (readonly [string, readonly string[]])[] =
  Object.entries(synonyms);

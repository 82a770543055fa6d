/**
 * The operations of the port, as scripts that a server runs as a whole. What they work on is in `layout.ts`.
 *
 * Of a bucket: KEYS are `m`, `r`, `k`, `x` of one shard and, for a write, `t` of the client; ARGV[1] is the
 * `rev` that the client knows, ARGV[2] the moment by which is told what has expired (empty: the server's), and
 * ARGV[3] the number of the write, which grows. They answer a list that begins with a word: `done`, `stale` where the
 * bucket has a newer rev, or why it was not done; `late` where the client has made a later write meanwhile.
 *
 * Numbers are doubles here, so counters are added by their digits. All scripts are in this file, however long: they
 * share their beginnings, and which of them a change touches is seen at once.
 */
import { DEAD, FORMAT, HEADER_BYTES } from '../layout.js';

/** The layout of a record's header, and where in it `expires` is. */
const HEADER = '>BI4dddd';
const EXPIRES_AT = 1 + 1 + 4 + 8 + 8;

/** How long the chunks of a replaced value are kept for its readers, in seconds. */
const GRACE_SECONDS = 600;

/** How long the answer to a write is remembered, in seconds: longer than anybody repeats it. */
const REMEMBERED_SECONDS = 120;

/**
 * How long a deleted bucket is known as deleted, in seconds: longer than a client caches a name.
 */
const DEAD_SECONDS = 24 * 60 * 60;

/** How long a draft is kept for its process, in milliseconds. */
const DRAFT_MS = 24 * 60 * 60 * 1000;

/** The most expired records that each write deletes. */
const SWEPT = 10;

const shared = `
local time = redis.call('TIME')
local us = time[1] * 1000000 + time[2]
local ms = math.floor(us / 1000)
local function digits(number) return string.format('%.0f', number) end
`;

const bucket = `${shared}
local M, R, K, X, T = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local now = ARGV[2] == '' and ms or tonumber(ARGV[2])
local call = redis.call
local function stale() return (tonumber(call('HGET', M, 'rev') or 0)) > tonumber(ARGV[1]) end
local function living(record)
  if not record then return false end
  local expires = struct.unpack('>d', record, ${EXPIRES_AT})
  return (expires == 0 or expires > now) and record
end
local function find(key) return living(call('HGET', R, key)) end
local function body(record) return string.sub(record, ${HEADER_BYTES + 1}) end
`;

const reading = `${bucket}
if stale() then return {'stale'} end
`;

const writing = `${bucket}
local remembered = call('GET', T)
if remembered then
  local pair = cmsgpack.unpack(remembered)
  if pair[1] == ARGV[3] then return pair[2] end
  if tonumber(pair[1]) > tonumber(ARGV[3]) then return {'late'} end
end
if stale() then return {'stale'} end
local last = tonumber(call('HGET', M, 'v') or 0)
local keys, bytes = 0, 0
local function eachChunk(manifest, size, visit)
  local length = struct.unpack('>I4', manifest)
  local start = string.sub(M, 1, -2) .. 'c:' .. string.sub(manifest, 5) .. ':'
  for index = 0, math.ceil(size / length) - 1 do visit(start .. index) end
end
local function release(record)
  local kind, _, _, _, expires, size = struct.unpack('${HEADER}', record)
  if kind == 1 then
    eachChunk(body(record), size, function(chunk) call('EXPIRE', chunk, ${GRACE_SECONDS}) end)
  end
  return expires
end
local function remove(key, record)
  if release(record) > 0 then call('ZREM', X, key) end
  call('HDEL', R, key)
  call('ZREM', K, key)
  keys, bytes = keys - 1, bytes - #key - #record
end
local function write(key, old, before, kind, checksum, expires, size, content, kept, modified)
  if not kept or kept == 0 then kept, modified = math.max(last + 1, us), ms end
  last = math.max(last, kept)
  local record = struct.pack('${HEADER}', kind, checksum, kept, modified, expires, size) .. content
  call('HSET', R, key, record)
  if old then
    bytes = bytes - #old
  else
    call('ZADD', K, 0, key)
    keys, bytes = keys + 1, bytes + #key
  end
  bytes = bytes + #record
  if expires > 0 then call('ZADD', X, digits(expires), key) elseif before > 0 then call('ZREM', X, key) end
  if expires > 0 and expires <= now then remove(key, record) end
  return digits(kept)
end
local function set(key, kind, checksum, expires, size, content, kept, modified)
  local old = call('HGET', R, key)
  local before = old and release(old) or 0
  return write(key, old, before, kind, checksum, expires, size, content, kept, modified)
end
local function sweep(limit)
  local expired = call('ZRANGEBYSCORE', X, '-inf', digits(now), 'LIMIT', 0, limit)
  for _, key in ipairs(expired) do remove(key, call('HGET', R, key)) end
  return #expired
end
local function finish(reply)
  call('HSET', M, 'rev', ARGV[1], 'v', digits(last))
  if keys ~= 0 then call('HINCRBY', M, 'n', keys) end
  if bytes ~= 0 then call('HINCRBY', M, 'b', bytes) end
  if tonumber(ARGV[1]) == ${DEAD} then call('EXPIRE', M, ${DEAD_SECONDS}) end
  call('SET', T, cmsgpack.pack({ARGV[3], reply}), 'EX', ${REMEMBERED_SECONDS})
  return reply
end
local function done(...)
  sweep(${SWEPT})
  return finish({'done', ...})
end
local function version(record) return record and digits((struct.unpack('>d', record, 6))) or '' end
local function unmet(current, kind, wanted)
  local isMet
  if kind == '' then return nil
  elseif kind == 'absent' then isMet = not current
  elseif kind == 'present' then isMet = current
  elseif kind == 'version' then isMet = current and version(current) == wanted
  else isMet = current and string.byte(current) ~= 1 and body(current) == wanted end
  if not isMet then return {'unmet', version(current)} end
end
`;

const counting = `${writing}
local MOST = '018446744073709551615'
local function padded(text) return string.rep('0', #MOST - #text) .. text end
local function isCounter(text)
  if #text > 20 then return false end
  return text == '0' or (string.match(text, '^[1-9]%d*$') ~= nil and padded(text) <= MOST)
end
local function limbs(text)
  text = padded(text)
  return tonumber(string.sub(text, 1, 7)), tonumber(string.sub(text, 8, 14)), tonumber(string.sub(text, 15))
end
local function add(one, other, sign)
  if sign < 0 and padded(one) < padded(other) then return nil end
  local a, b, c = limbs(one)
  local d, e, f = limbs(other)
  a, b, c = a + sign * d, b + sign * e, c + sign * f
  if c < 0 then b, c = b - 1, c + 10000000 elseif c > 9999999 then b, c = b + 1, c - 10000000 end
  if b < 0 then a, b = a - 1, b + 10000000 elseif b > 9999999 then a, b = a + 1, b - 10000000 end
  local sum = string.format('%07d%07d%07d', a, b, c)
  if #sum > #MOST or sum > MOST then return nil end
  return (string.gsub(sum, '^0+(%d)', '%1'))
end
local key = ARGV[4]
local current = find(key)
local expires = current and struct.unpack('>d', current, ${EXPIRES_AT}) or 0
local text = current and (string.byte(current) == 1 and '' or body(current)) or '0'
`;

const catalogue = `${shared}
local C, G, F, T = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local remembered = redis.call('GET', T)
if remembered then
  local pair = cmsgpack.unpack(remembered)
  if pair[1] == ARGV[1] then return pair[2] end
  if tonumber(pair[1]) > tonumber(ARGV[1]) then return {'late'} end
end
local function finish(...)
  redis.call('SET', T, cmsgpack.pack({ARGV[1], {...}}), 'EX', ${REMEMBERED_SECONDS})
  return {...}
end
local function number() return digits(redis.call('HINCRBY', F, 'last', 1)) end
local function parts(entry) return string.match(entry, '^(%d+) (%d+) (%d+) (%d+)$') end
local function bury(entry, till)
  local id, _, shards = parts(entry)
  redis.call('HSET', G, id, shards .. ' ' .. (till or '0'))
end
`;

export const scripts = {
  /** The records of keys, from ARGV[5] on, or only their headers, empty for missing keys. */
  get: `${reading}
local reply = {'done'}
for at = 5, #ARGV do
  local record = find(ARGV[at])
  reply[at - 3] = record and (ARGV[4] == 'header' and string.sub(record, 1, ${HEADER_BYTES}) or record) or ''
end
return reply`,

  /**
   * Records of a range, in order, each preceded by the lengths of its key and of its record: the
   * whole record up to a number of bytes, else its header. Then the last key that was looked at,
   * empty at the end, and the moment.
   */
  page: `${reading}
local lower, upper, limit = ARGV[4], ARGV[5], tonumber(ARGV[7])
local found
if ARGV[6] == 'down' then found = call('ZREVRANGEBYLEX', K, upper, lower, 'LIMIT', 0, limit)
else found = call('ZRANGEBYLEX', K, lower, upper, 'LIMIT', 0, limit) end
local parts, size, next = {}, 0, ''
for at, key in ipairs(found) do
  local record = find(key)
  if record then
    if #record > tonumber(ARGV[8]) then record = string.sub(record, 1, ${HEADER_BYTES}) end
    parts[#parts + 1] = struct.pack('>I4I4', #key, #record)
    parts[#parts + 1] = key
    parts[#parts + 1] = record
    size = size + #key + #record
  end
  if size > tonumber(ARGV[9]) or (at == limit) then next = key break end
end
return {'done', table.concat(parts), next, digits(now)}`,

  /** The number of keys, and their bytes. */
  count: `${reading}
local expired = call('ZCOUNT', X, '-inf', digits(now))
return {'done', tonumber(call('HGET', M, 'n') or 0) - expired, tonumber(call('HGET', M, 'b') or 0)}`,

  /**
   * ARGV: key, condition, its operand, kind, checksum, expires or "kept", size, value or manifest; and of a record
   * that is restored its version and when it was written, else 0.
   */
  put: `${writing}
local key = ARGV[4]
local current = find(key)
local refusal = unmet(current, ARGV[5], ARGV[6])
if refusal then return finish(refusal) end
local expires = 0
if ARGV[9] ~= 'kept' then expires = tonumber(ARGV[9])
elseif current then expires = struct.unpack('>d', current, ${EXPIRES_AT}) end
local kind, size = tonumber(ARGV[7]), tonumber(ARGV[10])
if kind == 1 then
  local isLost = false
  eachChunk(ARGV[11], size, function(chunk) if call('EXISTS', chunk) == 0 then isLost = true end end)
  if isLost then return {'lost'} end
  eachChunk(ARGV[11], size, function(chunk) call('PERSIST', chunk) end)
end
return done(set(key, kind, tonumber(ARGV[8]), expires, size, ARGV[11], tonumber(ARGV[12]), tonumber(ARGV[13])))`,

  /** ARGV: key, condition, its operand. Answers whether the key existed. */
  delete: `${writing}
local key = ARGV[4]
local current = find(key)
local refusal = unmet(current, ARGV[5], ARGV[6])
if refusal then return finish(refusal) end
if current then remove(key, current) end
return done(current and 1 or 0)`,

  /** ARGV: key, when it expires. Answers whether the key existed. */
  expire: `${writing}
local key = ARGV[4]
local record = find(key)
if not record then return done(0) end
local kind, checksum, _, _, before, size = struct.unpack('${HEADER}', record)
write(key, record, before, kind, checksum, tonumber(ARGV[5]), size, body(record))
return done(1)`,

  /** ARGV: key, amount, 1 or -1, the largest sum. */
  increment: `${counting}
if current and not isCounter(text) then
  local start = string.byte(current) == 1 and '' or string.sub(text, 1, 64)
  return finish({'not-a-counter', (struct.unpack('>d', current, 30)), start})
end
local sum = add(text, ARGV[5], tonumber(ARGV[6]))
if not sum or padded(sum) > padded(ARGV[7]) then return finish({'overflow', text}) end
set(key, 2, 0, expires, #sum, sum)
return done(sum)`,

  /** ARGV: key, the old text, the new one. */
  compareAndSwap: `${counting}
if not current or not isCounter(text) or text ~= ARGV[5] then return finish({'done', 0}) end
set(key, 2, 0, expires, #ARGV[6], ARGV[6])
return done(1)`,

  /**
   * Writes of short values in their order: ARGV[4] is what is done with a key that is there, ARGV[5] the
   * writes, packed as in \`packed-writes.ts\`. Tells of each whether it was made.
   */
  batch: `${writing}
local packed, at, made, count = ARGV[5], 1, {}, 0
while at <= #packed do
  local kind, checksum, expires, kept, modified, keyLength, length
  kind, checksum, expires, kept, modified, keyLength, length, at = struct.unpack('>BI4dddI4I4', packed, at)
  local key = string.sub(packed, at, at + keyLength - 1)
  local value = string.sub(packed, at + keyLength, at + keyLength + length - 1)
  at = at + keyLength + length
  count = count + 1
  if kind == 255 then
    local current = find(key)
    if current then remove(key, current) end
    made[count] = current and '1' or '0'
  elseif ARGV[4] == 'keep' and find(key) then
    made[count] = '0'
  else
    set(key, kind, checksum, expires, length, value, kept, modified)
    made[count] = '1'
  end
end
return done(table.concat(made))`,

  /**
   * Deletes records of a range: ARGV are its bounds, and the number. Answers how many had not
   * expired, and whether there are more.
   */
  purge: `${writing}
local limit, living_ = tonumber(ARGV[6]), 0
local found = call('ZRANGEBYLEX', K, ARGV[4], ARGV[5], 'LIMIT', 0, limit)
for _, key in ipairs(found) do
  local record = call('HGET', R, key)
  if living(record) then living_ = living_ + 1 end
  remove(key, record)
end
return finish({'done', living_, #found == limit and 1 or 0})`,

  /** Deletes expired records, ARGV[4] at most. Answers how many. */
  sweep: `${writing}
return finish({'done', sweep(tonumber(ARGV[4]))})`,

  /** Tells the shard the rev. */
  fence: `${writing}
return finish({'done'})`,

  /** The format; all buckets: name, entry, name, entry …; what is buried: id, shards and till when, id …; the server's time. */
  buckets: `${shared}
return {redis.call('HGET', KEYS[3], 'format') or '', redis.call('HGETALL', KEYS[1]),
  redis.call('HGETALL', KEYS[2]), ms}`,

  /** Makes the store, where it is not there; ARGV[1] is the number of the write. Tells its format. */
  make: `${catalogue}
redis.call('HSETNX', F, 'format', ${FORMAT})
return finish('done', redis.call('HGET', F, 'format'))`,

  /**
   * The entry of a bucket, ARGV[2], made with ARGV[3] shards if missing; and whether it existed.
   */
  ensure: `${catalogue}
local entry = redis.call('HGET', C, ARGV[2])
if entry then return finish('done', entry, 1) end
local id = number()
entry = id .. ' ' .. id .. ' ' .. ARGV[3] .. ' ' .. digits(ms)
redis.call('HSET', C, ARGV[2], entry)
return finish('done', entry, 0)`,

  /** An entry without a name, which is removed after a day unless it gets one. */
  draft: `${catalogue}
local id = number()
local entry = id .. ' ' .. id .. ' ' .. ARGV[2] .. ' ' .. digits(ms)
bury(entry, digits(ms + ${DRAFT_MS}))
return finish('done', entry)`,

  /**
   * Gives a draft, the entry ARGV[2], the name ARGV[3]; ARGV[4] is 1 if it may replace another
   * bucket. Answers which entry it replaced.
   */
  publish: `${catalogue}
local old = redis.call('HGET', C, ARGV[3])
if old and ARGV[4] ~= '1' then return finish('bucket-exists') end
local id = parts(ARGV[2])
if redis.call('HDEL', G, id) == 0 then return finish('no-bucket') end
if old then bury(old) end
redis.call('HSET', C, ARGV[3], ARGV[2])
return finish('done', old or '')`,

  /**
   * Gives drafts their names, all or none, in a store that has no bucket yet: ARGV from 2 on are the entry, the
   * name, and when it was made, of each.
   */
  publishAll: `${catalogue}
if redis.call('HLEN', C) > 0 then return finish('bucket-exists') end
for at = 2, #ARGV, 3 do
  if redis.call('HEXISTS', G, (parts(ARGV[at]))) == 0 then return finish('no-bucket') end
end
for at = 2, #ARGV, 3 do
  local id, rev, shards = parts(ARGV[at])
  redis.call('HDEL', G, id)
  redis.call('HSET', C, ARGV[at + 1], id .. ' ' .. rev .. ' ' .. shards .. ' ' .. ARGV[at + 2])
end
return finish('done')`,

  /** Renames ARGV[2] to ARGV[3]. */
  rename: `${catalogue}
local entry = redis.call('HGET', C, ARGV[2])
if not entry then return finish('no-bucket') end
if redis.call('HEXISTS', C, ARGV[3]) == 1 then return finish('bucket-exists') end
local id, _, shards, created = parts(entry)
entry = id .. ' ' .. number() .. ' ' .. shards .. ' ' .. created
redis.call('HDEL', C, ARGV[2])
redis.call('HSET', C, ARGV[3], entry)
return finish('done', entry)`,

  /** Removes the bucket ARGV[2]; its records are to be deleted. Answers its entry. */
  drop: `${catalogue}
local entry = redis.call('HGET', C, ARGV[2])
if not entry then return finish('no-bucket') end
bury(entry)
redis.call('HDEL', C, ARGV[2])
return finish('done', entry)`,

  /** Replaces ARGV[2] by an empty bucket. Answers the old entry, and the new one. */
  clear: `${catalogue}
local entry = redis.call('HGET', C, ARGV[2])
if not entry then return finish('no-bucket') end
local _, _, shards, created = parts(entry)
local id = number()
local new = id .. ' ' .. id .. ' ' .. shards .. ' ' .. created
bury(entry)
redis.call('HSET', C, ARGV[2], new)
return finish('done', entry, new)`,
} as const;

export type ScriptName = keyof typeof scripts;

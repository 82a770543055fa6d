import { describe } from 'vitest';
import { hasRedis, startRedis } from '../support/redis-server.js';
import { redisStores } from '../support/redis-stores.js';
import { inProcess } from './in-process.js';
import { conformance } from './suite.js';
import { throughComponent } from './through-component.js';

describe.skipIf(!hasRedis)('where there is a redis-server', () => {
  const open = redisStores(() => startRedis());
  conformance('the store on Redis', () => inProcess(open()));
  conformance('a component on Redis', () => throughComponent(open()));
});

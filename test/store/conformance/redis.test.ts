import { describe } from 'vitest';
import { hasRedis, startRedis } from '../../support/redis-server.js';
import { redisStores } from '../../support/redis-stores.js';
import { portConformance } from './suite.js';

describe.skipIf(!hasRedis)('where there is a redis-server', () => {
  portConformance(
    'the store on Redis',
    redisStores(() => startRedis()),
  );
});

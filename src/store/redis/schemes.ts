/** The schemes of addresses on Redis, and whether each is a cluster. */
export const redisSchemes: Readonly<Record<string, boolean>> = {
  redis: false,
  'redis+cluster': true,
};

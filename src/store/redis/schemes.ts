/** What the address of a store on Redis begins with, and whether that is a cluster. */
export const redisSchemes: Readonly<Record<string, boolean>> = {
  redis: false,
  'redis+cluster': true,
};

/** The schemes of addresses on Redis. */

export interface Scheme {
  readonly isCluster: boolean;
  /** Whether connections are encrypted, and servers prove who they are. */
  readonly isTls: boolean;
}

export const redisSchemes: Readonly<Record<string, Scheme>> = {
  redis: { isCluster: false, isTls: false },
  rediss: { isCluster: false, isTls: true },
  'redis+cluster': { isCluster: true, isTls: false },
  'rediss+cluster': { isCluster: true, isTls: true },
};

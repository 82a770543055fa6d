/**
 * The descriptors that this process has inherited, without Node's own: its event queues, and pipes
 * with both ends in this process. A write to those would be lost, or taken for a signal.
 */
import { readdirSync, readlinkSync } from 'node:fs';
import { ACCESS_MODE, openFlags, READ_AND_WRITE } from './open-flags.js';

/** In order; none if the system does not show them. */
export function inheritedDescriptors(): number[] {
  const all = openDescriptors();
  return all.filter((one) => !isOfNode(one, all)).map(({ descriptor }) => descriptor);
}

/** Whether a descriptor is open, and Node's own; false if the system does not show it. */
export function isNodesOwn(descriptor: number): boolean {
  const all = openDescriptors();
  return all.some((one) => one.descriptor === descriptor && isOfNode(one, all));
}

interface Open {
  readonly descriptor: number;
  /** Its target: a path, or `pipe:[42]`, `anon_inode:[eventpoll]`. */
  readonly target: string;
  /** The part `ACCESS_MODE` of its flags. */
  readonly access: number;
}

/** The standard ones count as inherited. */
const STANDARD = 2;

function isOfNode({ descriptor, target, access }: Open, all: readonly Open[]): boolean {
  if (descriptor <= STANDARD) return false;
  if (target.startsWith('anon_inode:')) return true;
  if (!target.startsWith('pipe:') || access === READ_AND_WRITE) return false;
  return all.some((other) => other.target === target && other.access === 1 - access);
}

function openDescriptors(): Open[] {
  try {
    return readdirSync('/proc/self/fd').flatMap((name) => openAs(Number(name)) ?? []);
  } catch {
    return [];
  }
}

/** Undefined for one that has been closed, as the one used for the list. */
function openAs(descriptor: number): Open | undefined {
  try {
    const target = readlinkSync(`/proc/self/fd/${descriptor}`);
    return { descriptor, target, access: openFlags(descriptor) & ACCESS_MODE };
  } catch {
    return undefined;
  }
}

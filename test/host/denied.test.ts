import { expect, test } from 'vitest';
import { denied } from '../../src/host/denied.js';

test('a function of a denied interface throws its name, as the WIT has it', () => {
  const { createTcpSocket } = denied('wasi:sockets/tcp-create-socket') as Record<
    string,
    () => unknown
  >;
  expect(() => createTcpSocket!()).toThrow(
    'capability denied: wasi:sockets/tcp-create-socket#create-tcp-socket',
  );
});

test('a resource of a denied interface throws at its constructor, statics and methods', () => {
  type Resource = { new (): object; fromList(): object; prototype: object };
  const { Fields } = denied('wasi:http/types') as { Fields: Resource };
  expect(() => new Fields()).toThrow('capability denied: wasi:http/types#fields.constructor');
  expect(() => Fields.fromList()).toThrow('capability denied: wasi:http/types#fields.from-list');
  const made = Object.create(Fields.prototype) as { getAll(): object };
  expect(() => made.getAll()).toThrow('capability denied: wasi:http/types#fields.get-all');
  expect(made).toBeInstanceOf(Fields);
});

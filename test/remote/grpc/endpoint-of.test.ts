import { expect, test } from 'vitest';
import { endpointOf } from '../../../src/remote/grpc/endpoint-of.js';

test.each([
  ['10.0.0.7:50051', '10.0.0.7:50051', { host: '10.0.0.7', port: 50_051 }],
  ['[::1]:50051', '[::1]:50051', { host: '::1', port: 50_051 }],
  ['user_service:443', 'user_service:443', { host: 'user_service', port: 443 }],
  ['unix:/run/users.sock', 'localhost', { path: '/run/users.sock' }],
  ['unix:///run/users.sock', 'localhost', { path: '/run/users.sock' }],
  ['unix:users.sock', 'localhost', { path: 'users.sock' }],
])('%s is the authority %s, and a socket', (address, authority, socket) => {
  expect(endpointOf(address)).toMatchObject({ authority, socket });
});

import { describe, expect, test } from 'vitest';
import { parseGrpcTarget } from '../../../src/platform/config/grpc-target.js';

describe('the address of a service', () => {
  test.each([
    ['user-service:50051', ['user-service:50051']],
    ['10.0.0.1:50051, 10.0.0.2:50052', ['10.0.0.1:50051', '10.0.0.2:50052']],
    ['localhost:50051,localhost:50051', ['localhost:50051']],
    ['[::1]:50051', ['[::1]:50051']],
    ['dns:50051', ['dns:50051']],
    ['ipv4:10.0.0.1:50051,10.0.0.2:50051', ['10.0.0.1:50051', '10.0.0.2:50051']],
    ['ipv6:[2001:db8::1]:50051', ['[2001:db8::1]:50051']],
    ['unix:users.sock', ['unix:users.sock']],
    ['unix:///run/users.sock', ['unix:///run/users.sock']],
    ['dns:///10.0.0.1:50051', ['10.0.0.1:50051']],
  ])('%s names endpoints one by one', (text, addresses) => {
    expect(parseGrpcTarget(text)).toEqual({ kind: 'endpoints', addresses });
  });

  test.each([
    ['dns:///user-service:50051', { host: 'user-service', port: 50051 }],
    ['dns:user-service.default.svc:50051', { host: 'user-service.default.svc', port: 50051 }],
    ['dns:///user-service', { host: 'user-service', port: 443 }],
    ['dns://10.0.0.53:5353/user-service:50051', { host: 'user-service', port: 50051, authority: '10.0.0.53:5353' }],
  ])('%s is a name to look up', (text, target) => {
    expect(parseGrpcTarget(text)).toEqual({ kind: 'dns', ...target });
  });

  test.each([
    ['user-service', '"user-service" is not host:port'],
    ['a:1,,b:2', '"" is not host:port'],
    ['a:70000', '"a:70000" is not host:port'],
    ['http://user-service:50051', 'there is no resolver for "http:"'],
    ['xds:///user-service', 'there is no resolver for "xds:"'],
    ['dns:///', '"" is not a host name with or without a port'],
    ['dns://ns.example.com/a:1', '"ns.example.com" is not the address of a name server'],
    ['unix://users.sock', '"unix://users.sock" names no file'],
  ])('%s is refused', (text, message) => {
    expect(() => parseGrpcTarget(text)).toThrow(new TypeError(message));
  });
});

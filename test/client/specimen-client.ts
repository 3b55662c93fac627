import type { Client } from '../../src/client/client.js';
import type { ClientOptions } from '../../src/client/create-client.js';
import type { Protocol } from '../../src/contract/operation.js';
import { specimenProtos } from '../fixtures/specimens/specimens.protos.js';
import { createClient } from '../support/create-client.js';
import type { SpecimenTarget } from '../support/specimen-target.js';

export function clientOf(target: SpecimenTarget, protocol: Protocol, options: Partial<ClientOptions> = {}): Client {
  const { http, grpc = '', mqtt = '' } = target.addresses;
  const url = { rest: http, graphql: http, grpc, websocket: http, mqtt }[protocol];
  return createClient({ protocol, url, protos: specimenProtos, mqttTopicPrefix: target.topicPrefix, ...options });
}

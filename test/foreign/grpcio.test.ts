import { afterAll, beforeAll, describe } from 'vitest';
import { defineCases } from '../conformance/cases.js';
import { GrpcDriver } from '../conformance/drivers/grpc.js';
import { exampleOf } from '../conformance/examples.js';
import { SameEverywhere } from '../conformance/outcomes.js';
import { documents, operations } from '../conformance/product.js';
import { World } from '../conformance/world.js';
import { startApplication } from '../support/application.js';
import { startSplit } from '../support/split.js';
import type { RunningTarget } from '../support/target.js';
import { Grpcio, type PythonCompression } from './grpcio.js';

const { FOREIGN_PYTHON } = process.env;

const topologies: { name: string; start: () => Promise<RunningTarget> }[] = [
  { name: 'the monolith', start: startApplication },
  { name: 'a gateway and its services', start: startSplit },
];

const compressions: readonly PythonCompression[] = ['none', 'gzip', 'deflate'];

describe.skipIf(FOREIGN_PYTHON === undefined).for(topologies)('grpcio of Python before $name', ({ start }) => {
  let target: RunningTarget;
  let world: World;

  beforeAll(async () => {
    target = await start();
    world = await World.open(target);
  });

  afterAll(async () => {
    await world?.close();
    await target?.stop();
  });

  describe.each(compressions)('with the compression %s', (compression) => {
    const same = new SameEverywhere();
    let driver: GrpcDriver;

    const connect = ({ addresses }: RunningTarget) =>
      new GrpcDriver(new Grpcio(FOREIGN_PYTHON ?? '', addresses.grpc ?? '', compression), documents.protos.values());

    beforeAll(() => {
      driver = connect(target);
    });

    afterAll(() => driver?.close());

    describe.each(operations.filter(({ protocols }) => protocols.includes('grpc')))('$id', (operation) => {
      const connectable = { name: 'gRPC', protocol: 'grpc', callsAsService: true, connect } as const;
      defineCases({
        connectable,
        operation,
        example: exampleOf(operation),
        driver: () => driver,
        world: () => world,
        same,
      });
    });
  });
});

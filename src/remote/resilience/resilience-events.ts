import { EventEmitter } from 'node:events';
import type { Logger } from '@nestjs/common';
import type { Excess } from '../../pipeline/pressure.js';
import type { ResilienceSettings } from '../../platform/dynamic/resilience-settings.js';
import type { CircuitState } from './circuit.js';

interface InstanceEvent {
  readonly service: string;
  readonly address: string;
}

interface EventMap {
  circuit: [{ readonly name: string; readonly from: CircuitState; readonly to: CircuitState }];
  instances: [{ readonly service: string; readonly addresses: readonly string[] }];
  ejected: [InstanceEvent & { readonly forMs: number }];
  returned: [InstanceEvent];
  pressure: [{ readonly from: Excess | undefined; readonly to: Excess | undefined }];
  settings: [{ readonly name: string; readonly settings: ResilienceSettings }];
}

export class ResilienceEvents extends EventEmitter<EventMap> {}

export function logEvents(events: ResilienceEvents, logger: Pick<Logger, 'log' | 'warn'>): void {
  events.on('circuit', ({ name, from, to }) => {
    const line = `Circuit ${name}: ${from} -> ${to}`;
    if (to === 'OPEN') logger.warn(line);
    else logger.log(line);
  });
  events.on('instances', ({ service, addresses }) =>
    logger.log(`${service}: ${addresses.length === 0 ? 'no instance' : addresses.join(', ')}`),
  );
  events.on('ejected', ({ service, address, forMs }) =>
    logger.warn(`${service}: ${address} gets no calls for ${forMs / 1_000} s`),
  );
  events.on('returned', ({ service, address }) => logger.log(`${service}: ${address} gets calls again`));
  events.on('pressure', ({ to }) => {
    if (to === undefined) logger.log('This process takes all calls again');
    else logger.warn(`This process refuses calls: ${to.replaceAll('_', ' ')} is over its limit`);
  });
  events.on('settings', ({ name }) => logger.log(`${name}: new resilience settings`));
}

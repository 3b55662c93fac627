import { z } from 'zod';
import type { ProcessContext } from './process-context.js';
import { ratesOf } from './rates.js';
import { bytes, milliseconds, ratio, wholeNumber } from './readings.js';
import { variable } from './variable.js';

const MIB = 1024 * 1024;

export const limitVariables = ({ operations }: ProcessContext) => ({
  limits: z.object({
    rates: variable('RATE_LIMITS', ratesOf(operations), {
      about: 'Rates for address, caller, connection, login, login-address (failed ones) and operations by wire name',
      default: 'on',
    }),
    requestDeadlineMs: variable('REQUEST_DEADLINE_MS', milliseconds, {
      about: 'How long a request may take when the caller sets no shorter deadline',
      default: '10000',
    }),
    bodyBytes: variable('BODY_LIMIT_BYTES', bytes, { about: 'Largest HTTP body', default: `${MIB}` }),
    websocketPayloadBytes: variable('WEBSOCKET_PAYLOAD_BYTES', bytes, {
      about: 'Largest WebSocket message',
      default: '65536',
    }),
    mqttPayloadBytes: variable('MQTT_PAYLOAD_BYTES', bytes, { about: 'Largest MQTT payload', default: '65536' }),
    grpcMessageBytes: variable('GRPC_MESSAGE_BYTES', bytes, { about: 'Largest gRPC message', default: `${4 * MIB}` }),
    shedding,
  }),
});

const shedding = z.object({
  eventLoopDelayMs: variable('SHED_EVENT_LOOP_DELAY_MS', wholeNumber(0, 60_000), {
    about: 'Calls are refused while the event loop is late by more than this, on average; 0 for no limit',
    default: '1000',
  }),
  eventLoopUtilization: variable('SHED_EVENT_LOOP_UTILIZATION', ratio, {
    about: 'Calls are refused while the event loop is busy for more than this share of the time; 0 for no limit',
    default: '0',
  }),
  heap: variable('SHED_HEAP', ratio, {
    about: 'Calls are refused while the heap is more than this share of what V8 lets it grow to; 0 for no limit',
    default: '0',
  }),
  calls: variable('SHED_CALLS', wholeNumber(0, 1_000_000), {
    about: 'Calls are refused while this many are running; 0 for no limit',
    default: '10000',
  }),
});

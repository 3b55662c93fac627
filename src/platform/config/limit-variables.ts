import { rates } from './rates.js';
import { ratio, wholeNumber } from './readings.js';
import type { Variable } from './variable.js';

const MIB = 1024 * 1024;
const milliseconds = wholeNumber(1, 24 * 3_600_000);
const bytes = wholeNumber(1024, 1024 * MIB);
const byteCount = 'a number of bytes from 1024';

export const limitVariables = {
  RATE_LIMITS: {
    schema: rates,
    about: 'Rates for address, caller, connection, login, login-address (failed ones) and operations by wire name',
    expected: 'off, on or a list such as caller=1000/s,login=10/15m,users.createUser=20/10m',
    default: 'on',
  },
  REQUEST_DEADLINE_MS: {
    schema: milliseconds,
    about: 'How long a request may take when the caller sets no shorter deadline',
    expected: 'a number of milliseconds',
    default: '10000',
  },
  BODY_LIMIT_BYTES: { schema: bytes, about: 'Largest HTTP body', expected: byteCount, default: `${MIB}` },
  WEBSOCKET_PAYLOAD_BYTES: { schema: bytes, about: 'Largest WebSocket message', expected: byteCount, default: '65536' },
  MQTT_PAYLOAD_BYTES: { schema: bytes, about: 'Largest MQTT payload', expected: byteCount, default: '65536' },
  SHED_EVENT_LOOP_DELAY_MS: {
    schema: wholeNumber(0, 60_000),
    about: 'Calls are refused while the event loop is late by more than this, on average; 0 for no limit',
    expected: 'a number of milliseconds',
    default: '1000',
  },
  SHED_EVENT_LOOP_UTILIZATION: {
    schema: ratio,
    about: 'Calls are refused while the event loop is busy for more than this share of the time; 0 for no limit',
    expected: 'a number from 0 to 1',
    default: '0',
  },
  SHED_HEAP: {
    schema: ratio,
    about: 'Calls are refused while the heap is more than this share of what V8 lets it grow to; 0 for no limit',
    expected: 'a number from 0 to 1',
    default: '0',
  },
  SHED_CALLS: {
    schema: wholeNumber(0, 1_000_000),
    about: 'Calls are refused while so many are under way; 0 for no limit',
    expected: 'a number of calls',
    default: '10000',
  },
  GRPC_MESSAGE_BYTES: { schema: bytes, about: 'Largest gRPC message', expected: byteCount, default: `${4 * MIB}` },
} as const satisfies Record<string, Variable>;

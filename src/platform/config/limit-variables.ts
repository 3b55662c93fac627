import { rates } from './rates.js';
import { wholeNumber } from './readings.js';
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
  GRPC_MESSAGE_BYTES: { schema: bytes, about: 'Largest gRPC message', expected: byteCount, default: `${4 * MIB}` },
} as const satisfies Record<string, Variable>;

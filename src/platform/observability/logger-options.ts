import type { Params } from 'nestjs-pino';
import { type DestinationStream, multistream } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { currentCall } from '../../pipeline/call-context.js';
import type { Configuration } from '../config/configuration.js';
import { logOutput } from './log-output.js';

const secrets = ['authorization', 'password', 'token', 'refresh_token', 'refreshToken', 'secret'];

function prettyOutput(): DestinationStream {
  const pretty = prettyFactory({
    ignore: 'pid,hostname,service,context',
    translateTime: 'SYS:HH:MM:ss',
    messageFormat: '{context}: {msg}',
  });
  return { write: (line) => logOutput.write(pretty(line)) };
}

function callFields(): object {
  const call = currentCall();
  if (!call) return {};
  const traceparent = call.span?.traceparent ?? call.trace.traceparent;
  return {
    trace_id: traceparent.slice(3, 35),
    span_id: traceparent.slice(36, 52),
    request_id: call.requestId,
    client_address: call.address,
    operation: call.operation,
  };
}

/** JSON lines, or text in development. No middleware: the pipeline logs operations. `copy` gets every line too. */
export function loggerOptions({ environment, logLevel, serviceName }: Configuration, copy?: DestinationStream): Params {
  const options = {
    level: logLevel,
    autoLogging: false,
    base: { service: serviceName },
    redact: secrets.flatMap((name) => [name, `*.${name}`]),
    mixin: callFields,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const stream = environment === 'development' ? prettyOutput() : logOutput;
  const streams = [stream, ...(copy ? [copy] : [])].map((each) => ({ stream: each, level: 'trace' as const }));
  return { pinoHttp: [options, copy ? multistream(streams) : stream], forRoutes: [] };
}

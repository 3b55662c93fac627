import { Injectable, Logger } from '@nestjs/common';
import type { OperationDescriptor } from '../contract/module.js';
import type { CallContext } from './call-context.js';

@Injectable()
export class CallLog {
  readonly #logger = new Logger('Pipeline');

  /** An error nobody declared: with its stack, for the answer has nothing of it. */
  unexpected(error: unknown, operation: OperationDescriptor | undefined, call: CallContext): void {
    this.#logger.error({
      err: error,
      msg: 'unexpected error',
      operation: operation?.id,
      protocol: call.inbound.protocol,
      request_id: call.requestId,
      trace_id: call.trace.traceId,
      span_id: call.trace.spanId,
    });
  }
}
